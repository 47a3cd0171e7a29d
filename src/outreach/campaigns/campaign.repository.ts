import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { ProjectRef } from '../../access/index.js';
import { narrowToText, placeholders, RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
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

  /** Those of the ids that are no drafts. In plain SQL, as runs ask for them in each of their units of work. */
  async listPublished(ids: readonly number[]): Promise<KeyedCampaign[]> {
    return chunked(ids, (some) => this.#keyed(`c.id IN (${placeholders(some.length)})`, some));
  }

  /** Those of the project that have begun, one of the events triggers, and take users still: also while they are paused. */
  async listTriggered(projectId: number, names: readonly string[], now: number): Promise<KeyedCampaign[]> {
    return chunked(names, (some) =>
      this.#keyed(
        `c.project_id = ? AND c.trigger_event IN (${placeholders(some.length)}) AND c.status IN ('RUNNING', 'PAUSED') AND c.ends_at > ?`,
        [projectId, ...some, now],
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

  async #keyed(condition: string, values: readonly unknown[]): Promise<KeyedCampaign[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT c.*, p.key AS project_key FROM campaign c JOIN project p ON p.id = c.project_id
        WHERE c.status <> 'DRAFT' AND ${condition}`,
      [...values],
    )) as CampaignRow[];
    return rows.map((row) => ({ campaign: toEntity(row), projectKey: String(row['project_key']) }));
  }
}

type CampaignRow = Record<string, string | number | null>;

/** Instants come as text from MySQL. */
function toEntity(row: CampaignRow): CampaignEntity {
  const instant = (name: string): number | null => {
    const value = row[name];
    return value === null || value === undefined ? null : Number(value);
  };
  return {
    id: Number(row['id']),
    organizationId: Number(row['organization_id']),
    projectId: Number(row['project_id']),
    name: String(row['name']),
    status: row['status'] as CampaignStatus,
    content: String(row['content']),
    triggerEvent: row['trigger_event'] === null ? null : String(row['trigger_event']),
    nextRunAt: instant('next_run_at'),
    endsAt: instant('ends_at'),
    publishedAt: instant('published_at'),
    startedAt: instant('started_at'),
    createdAt: Number(row['created_at']),
    createdBy: String(row['created_by']),
    modifiedAt: Number(row['modified_at']),
    modifiedBy: String(row['modified_by']),
  };
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
