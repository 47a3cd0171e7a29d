import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { notFound } from '../../platform/errors/index.js';
import { AuditStamps } from '../../platform/http/index.js';
import type { DraftContent } from './campaign-content.js';
import { CampaignEvents } from './campaign-events.js';
import { requireStatusFor, type CampaignAction } from './campaign-machine.js';
import { CampaignDto } from './campaign.dto.js';
import { CampaignEntity } from './campaign.entity.js';
import { CampaignRepository } from './campaign.repository.js';
import { touchpointIdsOf } from './check-steps.js';

/** New values of a row's columns. */
export type CampaignColumns = Partial<Omit<CampaignEntity, 'id'>>;

/** Takes a campaign from one state to the next: locks it, writes it and records the event. */
@Injectable()
export class CampaignWriter {
  constructor(
    private readonly campaigns: CampaignRepository,
    private readonly events: CampaignEvents,
    private readonly stamps: AuditStamps,
  ) {}

  /** As it is committed, for what has to be done before the unit. @throws DomainError `not_found`, `campaign_transition` */
  async findFor(action: CampaignAction, project: ProjectRef, id: number): Promise<CampaignEntity> {
    return allowed(action, id, await this.campaigns.find(project, id));
  }

  /**
   * Locks it until the unit ends: of two that come at once, the later sees what the earlier has made of it.
   * @throws DomainError `not_found`, `campaign_transition`
   */
  async lockFor(action: CampaignAction, project: ProjectRef, id: number): Promise<CampaignEntity> {
    return allowed(action, id, await this.campaigns.lock(id, project));
  }

  /** Adds a draft. */
  async create(project: ProjectRef, name: string, content: DraftContent): Promise<CampaignEntity> {
    const row = await this.campaigns.insert({
      organizationId: project.organizationId,
      projectId: project.id,
      name,
      status: 'DRAFT',
      content: JSON.stringify(content),
      triggerEvent: null,
      nextRunAt: null,
      endsAt: null,
      publishedAt: null,
      startedAt: null,
      ...this.stamps.created(),
    });
    await this.campaigns.setTouchpoints(row.id, touchpointIdsOf(content.steps));
    await this.events.record('CREATE', CampaignDto.from(row, project.key));
    return row;
  }

  /** Writes new content, and what else goes with it, to a locked row. */
  async edit(
    row: CampaignEntity,
    projectKey: string,
    content: DraftContent,
    columns: Omit<CampaignColumns, 'content'>,
  ): Promise<CampaignEntity> {
    const after = await this.apply('UPDATE', row, projectKey, {
      ...columns,
      content: JSON.stringify(content),
    });
    await this.campaigns.setTouchpoints(row.id, touchpointIdsOf(content.steps));
    return after;
  }

  /** Removes a locked row for good; what was sent to users stays in their history. */
  async delete(row: CampaignEntity, projectKey: string): Promise<void> {
    await this.campaigns.delete(row.id);
    await this.events.record('DELETE', CampaignDto.from(row, projectKey));
  }

  /** Writes what a member changed of a locked row, and records it. */
  async apply(
    action: 'UPDATE' | 'PUBLISH' | 'PAUSE' | 'RESUME' | 'CLOSE',
    row: CampaignEntity,
    projectKey: string,
    columns: CampaignColumns,
  ): Promise<CampaignEntity> {
    const after = Object.assign(new CampaignEntity(), row, columns);
    this.stamps.modified(after);
    await this.campaigns.update(after);
    const before = CampaignDto.from(row, projectKey);
    await this.events.record(action, CampaignDto.from(after, projectKey), before);
    return after;
  }

  /** Writes what has come about by itself of a locked row, and records it. Who edited it last stays as it is. */
  async applyBySystem(
    row: CampaignEntity,
    projectKey: string,
    columns: CampaignColumns,
  ): Promise<CampaignEntity> {
    const after = Object.assign(new CampaignEntity(), row, columns);
    await this.campaigns.update(after);
    const before = CampaignDto.from(row, projectKey);
    await this.events.recordBySystem(row.organizationId, CampaignDto.from(after, projectKey), before);
    return after;
  }
}

/** What a campaign's columns are when it has come to an end. */
export function ended(status: 'FINISHED' | 'CLOSED'): CampaignColumns {
  return { status, nextRunAt: null, triggerEvent: null };
}

function allowed(action: CampaignAction, id: number, row: CampaignEntity | null): CampaignEntity {
  if (!row) throw notFound('campaign', id);
  requireStatusFor(action, row);
  return row;
}
