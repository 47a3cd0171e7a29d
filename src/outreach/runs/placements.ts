import { Injectable } from '@nestjs/common';
import type { Campaign } from '../campaigns/campaign.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { Touchpoints } from '../touchpoints/touchpoint.js';
import type { Placement } from './batch-filler.js';

/** Of batches for a touchpoint that is gone: they fail, and may as well do so together. */
const SIZE_FOR_NOBODY = 500;

/** Where the users of a campaign go, step by step. */
@Injectable()
export class Placements {
  constructor(private readonly touchpoints: Touchpoints) {}

  /** Where users are taken in: at all steps, or at the first one. */
  async entries(campaign: Campaign): Promise<Placement[]> {
    const steps = campaign.mode === 'ALL' ? campaign.steps : campaign.steps.slice(0, 1);
    const touchpoints = await this.touchpoints.load(steps.map(({ touchpointId }) => touchpointId));
    return steps.map(({ touchpointId }, step) => ({
      step,
      touchpointId,
      size: requestSizeOf(touchpoints.get(touchpointId)),
    }));
  }

  /** Undefined where there is no such step. */
  async of(campaign: Campaign, step: number): Promise<Placement | undefined> {
    const touchpointId = campaign.steps[step]?.touchpointId;
    if (touchpointId === undefined) return undefined;
    const touchpoint = (await this.touchpoints.load([touchpointId])).get(touchpointId);
    return { step, touchpointId, size: requestSizeOf(touchpoint) };
  }
}

/** How many users go out in one request, at most. */
function requestSizeOf(touchpoint: Touchpoint | undefined): number {
  return touchpoint?.config.batchSize ?? SIZE_FOR_NOBODY;
}
