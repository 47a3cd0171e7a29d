import { Injectable } from '@nestjs/common';
import { EventHistory } from '../../events/index.js';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import type { WebhookEntity } from '../webhook.entity.js';
import { ReplaySelection, type ReplayCriteria } from './replay-selection.js';
import { WebhookGapEntity } from './webhook-gap.entity.js';

/** Events that passed a webhook by: the time of the first and of the last, epoch milliseconds, and how many they are. */
export interface Missed {
  readonly since: number;
  readonly until: number;
  readonly events: number;
}

/** Remembers what happened while a webhook was disabled, until a replay sends it. Writes need an open unit of work. */
@Injectable()
export class MissedEvents extends RepositoryBase<WebhookGapEntity> {
  constructor(
    unitOfWork: UnitOfWork,
    private readonly history: EventHistory,
    private readonly selection: ReplaySelection,
  ) {
    super(unitOfWork, WebhookGapEntity);
  }

  /**
   * The webhook has been disabled. What it missed an earlier time, and nobody wanted to be sent, is forgotten.
   * @param firstCanceled number of the first event whose delivery was canceled by that
   */
  async begin({ id, organizationId }: WebhookEntity, firstCanceled: number | undefined): Promise<void> {
    const latest = await this.history.latest(organizationId);
    const afterSequence = firstCanceled === undefined ? latest : Math.min(latest, firstCanceled - 1);
    await this.save({ webhookId: id, afterSequence, throughSequence: null });
  }

  /** The webhook has been enabled: later events reach it. */
  async end({ id, organizationId }: WebhookEntity): Promise<void> {
    const throughSequence = await this.history.latest(organizationId);
    await this.writing.update({ webhookId: id }, { throughSequence });
  }

  async forget(webhookId: number): Promise<void> {
    await this.writing.delete({ webhookId });
  }

  /** What an enabled webhook missed of what its filters match now; undefined where that is nothing. */
  async of(webhook: WebhookEntity): Promise<Missed | undefined> {
    if (webhook.status === 'DISABLE') return undefined;
    const gap = await this.reading.findOneBy({ webhookId: webhook.id });
    if (!gap || gap.throughSequence === null) return undefined;
    const stretch = { after: gap.afterSequence, through: gap.throughSequence };
    const { count, earliest, latest } = await this.selection.select(webhook, {}, stretch);
    return count === 0 ? undefined : { since: earliest, until: latest, events: count };
  }

  /** A replay of all events of that time was made: what it covers is missed no more. */
  async fillBy(
    webhook: WebhookEntity,
    { since = 0, until = Infinity, events }: ReplayCriteria,
  ): Promise<void> {
    if (events) return;
    const missed = await this.of(webhook);
    if (missed && since <= missed.since && until >= missed.until) await this.forget(webhook.id);
  }
}
