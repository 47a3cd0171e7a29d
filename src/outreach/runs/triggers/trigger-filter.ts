import { Injectable } from '@nestjs/common';
import { Log } from '../../../platform/log/logger.js';
import type { TriggeredTrigger } from '../../campaigns/campaign-content.js';
import type { Campaign } from '../../campaigns/campaign.js';
import type { TrackedEvent } from '../../profiles/tracked-events.js';
import { AudienceTests } from '../audience-tests.js';
import { Intake } from '../intake.js';
import { TriggerCounts } from './trigger-counts.js';

/**
 * Whom events make a campaign send to. Each N-th event of a user since the campaign began is an occasion: if the user is in the audience
 * at that moment, and, where it is once in the whole campaign, was not sent to before.
 */
@Injectable()
export class TriggerFilter {
  constructor(
    private readonly counts: TriggerCounts,
    private readonly tests: AudienceTests,
    private readonly intake: Intake,
    private readonly log: Log,
  ) {}

  /**
   * @param events of the campaign's name, in the order of their arrival
   * @returns gids in that order; with re-entry a user may be there several times
   */
  async wanted(
    campaign: Campaign,
    trigger: TriggeredTrigger,
    events: readonly TrackedEvent[],
  ): Promise<readonly number[]> {
    const occasions = await this.#occasions(campaign.id, trigger, events);
    if (occasions.length === 0) return [];
    const test = await this.tests.ofNow(campaign);
    if (!test) {
      const { id, segmentKey } = campaign;
      this.log.warn({ campaign: id, segment: segmentKey }, 'a segment is gone: events trigger nothing');
      return [];
    }
    const gids = occasions.filter(({ profile }) => test(profile)).map(({ profile }) => profile.gid);
    if (trigger.reentry === 'EACH_TIME' || gids.length === 0) return gids;
    return this.intake.withoutSentTo(campaign, [...new Set(gids)]);
  }

  async #occasions(
    campaignId: number,
    { occurrence }: TriggeredTrigger,
    events: readonly TrackedEvent[],
  ): Promise<readonly TrackedEvent[]> {
    if (occurrence === 1) return events;
    const gids = events.map(({ profile }) => profile.gid);
    const numbers = await this.counts.add(campaignId, gids);
    return events.filter((_, index) => (numbers[index] ?? 0) % occurrence === 0);
  }
}
