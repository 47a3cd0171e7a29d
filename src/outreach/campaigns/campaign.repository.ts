import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import type { ProjectRef } from '../../access/index.js';
import { narrowToText, RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import type { PageQuery } from '../../platform/http/index.js';
import { ProjectEntity } from '../../projects/index.js';
import {
  CampaignEntity,
  CampaignTouchpointEntity,
  HOLDING_STATUSES,
  type CampaignStatus,
} from './campaign.entity.js';
import type { Holder } from '../touchpoints/touchpoint-usage.js';

/** Values in one statement; databases limit how many there may be. */
const CHUNK = 500;

/** A campaign with the key of its project. */
export interface KeyedCampaign {
  readonly campaign: CampaignEntity;
  readonly projectKey: string;
}

/** Which campaigns of a project are wanted, and which stretch of them. */
export interface CampaignCriteria extends PageQuery {
  readonly keyword?: string;
  readonly status?: CampaignStatus;
}

/** Campaigns, and which touchpoints they use. */
@Injectable()
export class CampaignRepository extends RepositoryBase<CampaignEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, CampaignEntity);
  }

  /** Adds a row and fills in its id. */
  async insert(columns: Omit<CampaignEntity, 'id'>): Promise<CampaignEntity> {
    const row = Object.assign(new CampaignEntity(), columns);
    await this.writing.insert(row);
    return row;
  }

  /** Writes all columns of a row that the unit has locked. */
  async update({ id, ...columns }: CampaignEntity): Promise<void> {
    await this.writing.update({ id }, columns);
  }

  async delete(id: number): Promise<void> {
    await this.setTouchpoints(id, []);
    await this.writing.delete({ id });
  }

  async find(project: ProjectRef, id: number): Promise<CampaignEntity | null> {
    return this.reading.findOneBy({ projectId: project.id, id });
  }

  /** The row, locked until the unit ends. Without a project: for the platform's own doings. */
  async lock(id: number, project?: ProjectRef): Promise<CampaignEntity | null> {
    const query = this.writing.createQueryBuilder('campaign').where('campaign.id = :id', { id });
    if (project) query.andWhere('campaign.projectId = :projectId', { projectId: project.id });
    return this.locked(query).getOne();
  }

  /** One page, the newest first, and how many there are on all pages. */
  async list(projectId: number, criteria: CampaignCriteria): Promise<[CampaignEntity[], number]> {
    const { keyword, status, pageIndex, pageSize } = criteria;
    const query = this.reading
      .createQueryBuilder('campaign')
      .where('campaign.projectId = :projectId', { projectId });
    if (keyword !== undefined) narrowToText(query, ['campaign.name'], keyword);
    if (status !== undefined) query.andWhere('campaign.status = :status', { status });
    return query
      .orderBy('campaign.id', 'DESC')
      .offset(pageIndex * pageSize)
      .limit(pageSize)
      .getManyAndCount();
  }

  /** Those of the ids that are no drafts. */
  async listPublished(ids: readonly number[]): Promise<KeyedCampaign[]> {
    return chunked(ids, (some) =>
      this.#keyed((query) =>
        query.where('campaign.id IN (:...ids)', { ids: some }).andWhere("campaign.status <> 'DRAFT'"),
      ),
    );
  }

  /** Those of the project that have begun, one of the events triggers, and take users still: also while they are paused. */
  async listTriggered(projectId: number, names: readonly string[], now: number): Promise<KeyedCampaign[]> {
    return chunked(names, (some) =>
      this.#keyed((query) =>
        query
          .where('campaign.projectId = :projectId', { projectId })
          .andWhere('campaign.triggerEvent IN (:...names)', { names: some })
          .andWhere("campaign.status IN ('RUNNING', 'PAUSED') AND campaign.endsAt > :now", { now }),
      ),
    );
  }

  /** Ids of those whose next run is due, the longest due first. */
  async listDue(now: number, limit: number): Promise<number[]> {
    const rows = await this.reading
      .createQueryBuilder('campaign')
      .select('campaign.id', 'id')
      .where("campaign.status IN ('NOT_STARTED', 'RUNNING') AND campaign.nextRunAt <= :now", { now })
      .orderBy('campaign.nextRunAt', 'ASC')
      .addOrderBy('campaign.id', 'ASC')
      .limit(limit)
      .getRawMany<{ id: number }>();
    return rows.map(({ id }) => id);
  }

  /** Ids of those of a project, which may be deleted, that hold their touchpoints. */
  async listHolding(organizationId: number, projectKey: string): Promise<number[]> {
    const rows = await this.reading
      .createQueryBuilder('campaign')
      .innerJoin(ProjectEntity, 'project', 'project.id = campaign.projectId')
      .select('campaign.id', 'id')
      .where('project.organizationId = :organizationId', { organizationId })
      .andWhere('project.key = :projectKey', { projectKey })
      .andWhere({ status: In([...HOLDING_STATUSES]) })
      .orderBy('campaign.id', 'ASC')
      .getRawMany<{ id: number }>();
    return rows.map(({ id }) => id);
  }

  /** Campaigns that hold a touchpoint, the oldest first; given projects, only theirs. */
  async listHolders(touchpointId: number, projectIds?: readonly number[]): Promise<Holder[]> {
    const query = this.reading
      .createQueryBuilder('campaign')
      .innerJoin(CampaignTouchpointEntity, 'usage', 'usage.campaignId = campaign.id')
      .innerJoin(ProjectEntity, 'project', 'project.id = campaign.projectId')
      .select('campaign.id', 'id')
      .addSelect('campaign.name', 'name')
      .addSelect('project.key', 'projectKey')
      .addSelect('campaign.status', 'status')
      .where('usage.touchpointId = :touchpointId', { touchpointId })
      .andWhere({ status: In([...HOLDING_STATUSES]) });
    if (projectIds) query.andWhere({ projectId: In([...projectIds]) });
    return query.orderBy('campaign.id', 'ASC').getRawMany<Holder>();
  }

  /** Makes these the touchpoints that a campaign uses. */
  async setTouchpoints(campaignId: number, touchpointIds: readonly number[]): Promise<void> {
    const usages = this.manager.getRepository(CampaignTouchpointEntity);
    await usages.delete({ campaignId });
    if (touchpointIds.length > 0)
      await usages.insert(touchpointIds.map((touchpointId) => ({ campaignId, touchpointId })));
  }

  async #keyed(
    narrow: (query: SelectQueryBuilder<CampaignEntity>) => SelectQueryBuilder<CampaignEntity>,
  ): Promise<KeyedCampaign[]> {
    const query = this.reading
      .createQueryBuilder('campaign')
      .innerJoin(ProjectEntity, 'project', 'project.id = campaign.projectId')
      .addSelect('project.key', 'project_key');
    const { entities, raw } = await narrow(query).getRawAndEntities<{
      campaign_id: number;
      project_key: string;
    }>();
    const keys = new Map(raw.map((row) => [row.campaign_id, row.project_key]));
    return entities.map((campaign) => ({ campaign, projectKey: keys.get(campaign.id) ?? '' }));
  }
}

async function chunked<In, Out>(
  values: readonly In[],
  read: (some: readonly In[]) => Promise<Out[]>,
): Promise<Out[]> {
  const found: Out[] = [];
  for (let start = 0; start < values.length; start += CHUNK)
    found.push(...(await read(values.slice(start, start + CHUNK))));
  return found;
}
