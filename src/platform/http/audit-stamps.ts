import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { AuditedEntity } from '../database/entity-columns.js';
import { RequestContext } from './request-context.js';

/** Fills in who and when on rows that keep both. */
@Injectable()
export class AuditStamps {
  constructor(
    private readonly clock: Clock,
    private readonly context: RequestContext,
  ) {}

  /** The columns of a new row. */
  created(): Pick<AuditedEntity, 'createdAt' | 'createdBy' | 'modifiedAt' | 'modifiedBy'> {
    const now = this.clock.now();
    const by = this.context.operator;
    return { createdAt: now, createdBy: by, modifiedAt: now, modifiedBy: by };
  }

  /** Marks a row as changed now by the caller. */
  modified(entity: AuditedEntity): void {
    entity.modifiedAt = this.clock.now();
    entity.modifiedBy = this.context.operator;
  }
}
