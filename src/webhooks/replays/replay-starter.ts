import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError, notFound } from '../../platform/errors/index.js';
import type { WebhookEntity } from '../webhook.entity.js';
import { WebhookRepository } from '../webhook.repository.js';
import { MissedEvents } from './missed-events.js';
import { ReplayAssembler } from './replay-assembler.js';
import { joinSelections, ReplaySelection, type EventPick, type ReplayCriteria } from './replay-selection.js';
import type { ReplayEntity } from './replay.entity.js';
import { ReplayRepository } from './replay.repository.js';

/** Which events to replay, and whether really. */
export interface ReplayOrder extends ReplayCriteria {
  readonly since: number;
  /** Given: only events that it takes, looked up now and listed. */
  readonly pick?: EventPick;
  /** Count, and make nothing. */
  readonly isDryRun: boolean;
  /** The webhook has afterwards been sent all of that time: nothing of it is missed any more. */
  readonly fillsGap: boolean;
}

/** How far a replay is; a dry run has no id. */
export type ReplayState = Pick<ReplayEntity, 'matched' | 'done' | 'status'> & { readonly id?: string };

/** Makes replays: says what they are about and writes the job down. Who runs them is `ReplayRunner`. */
@Injectable()
export class ReplayStarter {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhookRepository,
    private readonly replays: ReplayRepository,
    private readonly selection: ReplaySelection,
    private readonly missed: MissedEvents,
    private readonly assembler: ReplayAssembler,
  ) {}

  /**
   * Counts what matches, most of it outside of any transaction, and makes the replay with the rest in one. From then on an event
   * of the webhook either belongs to the replay or knows of it, see `LiveEvents`.
   * @throws DomainError `not_found`, `webhook_disabled`, `replay_running`, `replay_too_large`
   */
  async start(webhook: WebhookEntity, order: ReplayOrder): Promise<ReplayState> {
    if (!order.isDryRun) demandEnabled(webhook);
    const seen = await this.selection.latest(webhook.organizationId);
    const early = await this.selection.select(webhook, order, { after: 0, through: seen }, order.pick);
    if (order.isDryRun) return { matched: early.count, done: 0, status: 'DONE' };
    return this.unitOfWork.run(async () => {
      const current = await this.webhooks.findForUpdate(webhook.id, webhook.organizationId);
      if (!current) throw notFound('webhook', webhook.id);
      demandEnabled(current);
      await this.#refuseSecond(current);
      const latest = await this.selection.latest(webhook.organizationId);
      const late = await this.selection.select(current, order, { after: seen, through: latest }, order.pick);
      const found = joinSelections(early, late);
      const replay = this.assembler.assemble(webhook, order, found);
      await this.replays.insert(replay, found.listed);
      if (order.fillsGap) await this.missed.fillBy(current, order);
      return replay;
    });
  }

  /** One at a time, so that there is one place where an event of the webhook can have to wait. */
  async #refuseSecond({ organizationId, id }: WebhookEntity): Promise<void> {
    const running = await this.replays.findRunning(organizationId, id);
    if (running) throw new DomainError('replay_running', { id: running.id });
  }
}

function demandEnabled(webhook: WebhookEntity): void {
  if (webhook.status === 'DISABLE') throw new DomainError('webhook_disabled');
}
