import { Injectable } from '@nestjs/common';
import { Endpoints } from '../../delivery/index.js';
import { Touchpoints, type Touchpoint } from '../touchpoints/touchpoint.js';

const GONE = 'the touchpoint is gone';
const DISABLED = 'the touchpoint is disabled';

/** A touchpoint that can be sent to, or why it can't. */
export type Usable =
  | { readonly touchpoint: Touchpoint; readonly why?: undefined }
  | { readonly touchpoint: Touchpoint | undefined; readonly why: string };

/** Says whether a touchpoint can be sent to. */
@Injectable()
export class UsableTouchpoints {
  constructor(
    private readonly touchpoints: Touchpoints,
    private readonly endpoints: Endpoints,
  ) {}

  async find(id: number): Promise<Usable> {
    const touchpoint = (await this.touchpoints.load([id])).get(id);
    return this.judge(touchpoint);
  }

  /** The reason is the one it was disabled for, where the engine knows it. */
  async judge(touchpoint: Touchpoint | undefined): Promise<Usable> {
    if (!touchpoint) return { touchpoint, why: GONE };
    if (touchpoint.status === 'ENABLED') return { touchpoint };
    const { id } = touchpoint;
    return { touchpoint, why: (await this.endpoints.healthOf([id])).get(id)?.why ?? DISABLED };
  }
}
