import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { notFound } from '../../platform/errors/index.js';
import { WebhookRepository } from '../webhook.repository.js';
import { ReplayPlanner } from './replay-planner.js';
import type { ReplayEntity } from './replay.entity.js';
import { ReplayRepository } from './replay.repository.js';

/** Tells how far replays are, and stops them. */
@Injectable()
export class ReplayProgress {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhookRepository,
    private readonly replays: ReplayRepository,
    private readonly planner: ReplayPlanner,
  ) {}

  /**
   * Also when its webhook is deleted.
   * @throws DomainError `not_found`
   */
  async get(organizationId: number, webhookId: number, id: string): Promise<ReplayEntity> {
    const replay = await this.replays.find(organizationId, webhookId, id);
    if (!replay) throw notFound('replay', id);
    return replay;
  }

  /**
   * Stops a replay: what it has planned is still sent, nothing more is planned. One that has ended stays as it is.
   * @throws DomainError `not_found`
   */
  async cancel(organizationId: number, webhookId: number, id: string): Promise<ReplayEntity> {
    return this.unitOfWork.run(async () => {
      const replay = await this.get(organizationId, webhookId, id);
      const webhook = await this.webhooks.find(organizationId, webhookId);
      if (webhook) await this.planner.cancel(replay, webhook);
      return this.get(organizationId, webhookId, id);
    });
  }
}
