import { Injectable } from '@nestjs/common';
import { AuditStamps } from '../../platform/http/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import type { WebhookEntity } from '../webhook.entity.js';
import type { ReplayCriteria, Selection } from './replay-selection.js';
import type { ReplayEntity } from './replay.entity.js';

/** Makes replays from what was asked for and what was found. */
@Injectable()
export class ReplayAssembler {
  constructor(
    private readonly stamps: AuditStamps,
    private readonly ids: IdGenerator,
  ) {}

  /** A replay at its beginning; one with nothing to do is at its end already. */
  assemble(
    webhook: WebhookEntity,
    criteria: ReplayCriteria & { readonly since: number },
    found: Selection,
  ): ReplayEntity {
    const { createdAt, createdBy } = this.stamps.created();
    const isEmpty = found.count === 0;
    const before = isEmpty ? 0 : found.first - 1;
    return {
      id: this.ids.uuid(),
      organizationId: webhook.organizationId,
      webhookId: webhook.id,
      since: criteria.since,
      until: criteria.until ?? null,
      events: criteria.events ?? null,
      plannedThrough: before,
      // What is listed is gone through by the list.
      lastSequence: found.listed.length > 0 ? before : found.last,
      matched: found.count,
      done: 0,
      status: isEmpty ? 'DONE' : 'RUNNING',
      createdAt,
      createdBy,
      finishedAt: isEmpty ? createdAt : null,
    };
  }
}
