import { Injectable } from '@nestjs/common';
import { Campaigns, type Campaign } from '../../campaigns/campaign.js';
import { ProfileSource } from '../../profiles/profile-source.js';
import { TOUCH_EVENT, type ProfileEvent } from '../../profiles/profile.js';
import { TrackedEventsListener } from '../../profiles/tracked-events.js';
import type { Ending } from '../batch-ends.js';
import { touchOf } from '../run-touch-history.js';
import { FINAL_STATUSES } from '../run.js';
import { Recipients } from '../recipients.js';

/** A touch, and whose it is. */
interface Touch {
  readonly gid: number;
  readonly event: ProfileEvent;
}

/**
 * Lets what came of sending to a user trigger campaigns, as any other event of the user does. What a campaign sends that waits for touches
 * itself triggers none: two of them could go on with each other for ever.
 */
@Injectable()
export class TouchTriggers {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly recipients: Recipients,
    private readonly profiles: ProfileSource,
    private readonly listener: TrackedEventsListener,
  ) {}

  /** The endings have been written in the open unit. One look where no campaign waits for touches. */
  async follow(endings: readonly Ending[], now: number): Promise<void> {
    const telling = endings.filter(({ campaign }) => campaign && !waitsForTouches(campaign));
    for (const projectId of new Set(telling.map(({ run }) => run.projectId))) {
      if ((await this.campaigns.triggeredBy(projectId, new Set([TOUCH_EVENT]))).length === 0) continue;
      const touches: Touch[] = [];
      for (const ending of telling)
        if (ending.run.projectId === projectId) touches.push(...(await this.#touchesOf(ending, now)));
      await this.#tell(projectId, touches);
    }
  }

  async #tell(projectId: number, touches: readonly Touch[]): Promise<void> {
    const profiles = await this.profiles.byGids(projectId, [...new Set(touches.map(({ gid }) => gid))]);
    const events = touches.flatMap(({ gid, event }) => {
      const profile = profiles.get(gid);
      return profile ? [{ ...event, profile }] : [];
    });
    await this.listener.tracked(projectId, events);
  }

  async #touchesOf({ run, outcome }: Ending, at: number): Promise<Touch[]> {
    const { batch, status, reason, own } = outcome;
    const touch = (gid: number, result: string, why: string | undefined): Touch => ({
      gid,
      event: touchOf({
        campaignId: run.campaignId,
        touchpointId: batch.touchpointId,
        runId: run.id,
        isSuccess: result === 'SUCCEEDED',
        reason: why,
        at,
      }),
    });
    const touches = own
      .filter((result) => result.status !== 'CANCELED')
      .map((result) => touch(result.gid, result.status, result.reason));
    if (status === 'CANCELED' || !(FINAL_STATUSES as readonly string[]).includes(status)) return touches;
    const others = (await this.recipients.open(run.id, [batch.number])).get(batch.number) ?? [];
    return [...touches, ...others.map((gid) => touch(gid, status, reason))];
  }
}

function waitsForTouches({ trigger }: Campaign): boolean {
  return trigger.type === 'TRIGGERED' && trigger.event === TOUCH_EVENT;
}
