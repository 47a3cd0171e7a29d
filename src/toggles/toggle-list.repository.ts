import { Injectable } from '@nestjs/common';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { narrowToText, RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import type { PageQuery } from '../platform/http/index.js';
import { ApprovalRepository, type TargetingLock } from './approvals/approval.repository.js';
import { TagEntity, ToggleTagEntity } from './tags/tag.entity.js';
import type { ReleaseStatus } from './targeting/release-status.js';
import { TargetingEntity, TargetingVersionEntity } from './targeting/targeting.entity.js';
import { ToggleEntity } from './toggle.entity.js';

/** Which toggles of an environment are wanted; absent members don't narrow, those present hold all at once. */
export interface ToggleCriteria {
  readonly archived: boolean;
  readonly disabled?: boolean;
  readonly permanent?: boolean;
  /** A toggle with any of these tags will do. */
  readonly tags?: readonly string[];
  /** Text in the name, key or description. */
  readonly keyword?: string;
  readonly statuses?: readonly ReleaseStatus[];
  /** Account of who made or changed the toggle, or its targeting here, or published the latter. */
  readonly relatedTo?: string;
}

const LISTED_COLUMNS = [
  'id',
  'key',
  'name',
  'description',
  'returnType',
  'permanent',
  'createdAt',
  'modifiedAt',
  'modifiedBy',
] as const satisfies (keyof ToggleEntity)[];

/** What a list shows of a toggle. */
export type ListedToggle = Pick<ToggleEntity, (typeof LISTED_COLUMNS)[number]>;

/** The same, with its state in an environment. */
export type ToggleInEnvironment = ListedToggle & {
  targeting: Pick<TargetingEntity, 'id' | 'disabled' | 'status'>;
  /** That an approval is under way. */
  lock?: TargetingLock;
};

/** Toggles as lists show them: many at a time, in as many statements as one would take. */
@Injectable()
export class ToggleListRepository extends RepositoryBase<ToggleEntity> {
  constructor(
    unitOfWork: UnitOfWork,
    private readonly approvals: ApprovalRepository,
  ) {
    super(unitOfWork, ToggleEntity);
  }

  /** One page of the live toggles of a project, newest first, and how many there are. */
  async list(projectId: number, page: PageQuery): Promise<[ListedToggle[], number]> {
    const query = this.reading
      .createQueryBuilder('toggle')
      .select(LISTED_COLUMNS.map((column) => `toggle.${column}`))
      .where({ projectId, archived: false });
    return newestFirst(query, page).getManyAndCount();
  }

  /** One page of the toggles in an environment, newest first, and how many there are, in a few statements however many there are. */
  async listIn(
    environmentId: number,
    projectId: number,
    criteria: ToggleCriteria,
    page: PageQuery,
  ): Promise<[ToggleInEnvironment[], number]> {
    const ids = await this.#pageIn(environmentId, projectId, criteria, page);
    const toggles = ids.length === 0 ? [] : await this.#load(environmentId, ids);
    await this.#addLocks(toggles);
    const before = page.pageIndex * page.pageSize;
    const isLast = toggles.length < page.pageSize && (toggles.length > 0 || before === 0);
    return [
      toggles,
      isLast ? before + toggles.length : await this.#count(environmentId, projectId, criteria),
    ];
  }

  /**
   * The ids alone: where the database has to sort what it found, texts would make it write them all to disk first. Every toggle has a
   * targeting in every environment, so that the two are joined only where the targeting decides.
   */
  async #pageIn(
    environmentId: number,
    projectId: number,
    criteria: ToggleCriteria,
    page: PageQuery,
  ): Promise<number[]> {
    const query = this.reading.createQueryBuilder('toggle').select('toggle.id', 'id');
    if (concernsTargeting(criteria)) joinTargeting(query);
    narrow(query.setParameters({ environmentId }), projectId, criteria);
    const rows = await newestFirst(query, page).getRawMany<{ id: number }>();
    return rows.map(({ id }) => id);
  }

  async #load(environmentId: number, ids: readonly number[]): Promise<ToggleInEnvironment[]> {
    const query = this.reading
      .createQueryBuilder('toggle')
      .innerJoinAndMapOne('toggle.targeting', TargetingEntity, 'targeting', 'targeting.toggleId = toggle.id')
      // After the join, whose columns it narrows: contents may be long, and a list doesn't show them.
      .select(LISTED_COLUMNS.map((column) => `toggle.${column}`))
      .addSelect(['targeting.id', 'targeting.disabled', 'targeting.status'])
      .where('toggle.id IN (:...ids)', { ids })
      .andWhere('targeting.environmentId = :environmentId', { environmentId })
      .orderBy('toggle.createdAt', 'DESC')
      .addOrderBy('toggle.id', 'DESC');
    return (await query.getMany()) as unknown as ToggleInEnvironment[];
  }

  async #addLocks(toggles: readonly ToggleInEnvironment[]): Promise<void> {
    const held = toggles.filter(({ targeting }) => targeting.status !== 'RELEASE');
    const locks = await this.approvals.findLocks(held.map(({ targeting }) => targeting.id));
    for (const toggle of held) toggle.lock = locks.get(toggle.targeting.id);
  }

  async #count(environmentId: number, projectId: number, criteria: ToggleCriteria): Promise<number> {
    const query = this.reading.createQueryBuilder('toggle').select('COUNT(*)', 'count');
    if (concernsTargeting(criteria)) {
      if (!concernsToggle(criteria)) return this.#countStates(environmentId, projectId, criteria);
      joinTargeting(query);
    }
    narrow(query.setParameters({ environmentId }), projectId, criteria);
    return countIn(query);
  }

  /**
   * Counts by the state in the environment alone: all, less those whose toggle is archived. The first is answered by an index, the
   * second has few rows to go through; joined, every toggle of the project would have to be looked at.
   */
  async #countStates(environmentId: number, projectId: number, criteria: ToggleCriteria): Promise<number> {
    const states = this.unitOfWork.reader
      .createQueryBuilder(TargetingEntity, 'targeting')
      .select('COUNT(*)', 'count')
      .where('targeting.environmentId = :environmentId', { environmentId });
    narrowStates(states, criteria);
    const all = await countIn(states);
    const archived = states
      .innerJoin(ToggleEntity, 'toggle', 'toggle.id = targeting.toggleId')
      .andWhere('toggle.projectId = :projectId AND toggle.archived = :archived', {
        projectId,
        archived: true,
      });
    return all - (await countIn(archived));
  }
}

async function countIn(query: SelectQueryBuilder<ObjectLiteral>): Promise<number> {
  const row = await query.getRawOne<{ count: number | string }>();
  return Number(row?.count ?? 0);
}

/** The query needs the parameter `environmentId`. */
function joinTargeting(query: SelectQueryBuilder<ToggleEntity>): void {
  query
    .innerJoin(TargetingEntity, 'targeting', 'targeting.toggleId = toggle.id')
    .andWhere('targeting.environmentId = :environmentId');
}

function newestFirst(
  query: SelectQueryBuilder<ToggleEntity>,
  page: PageQuery,
): SelectQueryBuilder<ToggleEntity> {
  return query
    .orderBy('toggle.createdAt', 'DESC')
    .addOrderBy('toggle.id', 'DESC')
    .offset(page.pageIndex * page.pageSize)
    .limit(page.pageSize);
}

function concernsTargeting({ disabled, statuses }: ToggleCriteria): boolean {
  return disabled !== undefined || statuses !== undefined;
}

function concernsToggle({ archived, permanent, keyword, tags, relatedTo }: ToggleCriteria): boolean {
  return archived || [permanent, keyword, tags, relatedTo].some((criterion) => criterion !== undefined);
}

/**
 * Adds the criteria, all of which must hold. The query has the toggle and, where they concern it, its targeting; and the parameter
 * `environmentId`.
 */
function narrow(query: SelectQueryBuilder<ToggleEntity>, projectId: number, criteria: ToggleCriteria): void {
  const { archived, permanent, keyword, tags, relatedTo } = criteria;
  query.andWhere('toggle.projectId = :projectId AND toggle.archived = :archived', { projectId, archived });
  narrowStates(query, criteria);
  if (permanent !== undefined) query.andWhere('toggle.permanent = :permanent', { permanent });
  if (keyword !== undefined) {
    narrowToText(query, ['toggle.name', 'toggle.key', 'toggle.description'], keyword);
  }
  if (tags !== undefined) query.andWhere(`toggle.id IN ${withAnyTag(query)}`, { tags });
  if (relatedTo !== undefined) {
    const related = [
      'toggle.createdBy = :relatedTo',
      'toggle.modifiedBy = :relatedTo',
      `toggle.id IN ${changedHere(query)}`,
      `EXISTS ${publishedHere(query)}`,
    ];
    query.andWhere(`(${related.join(' OR ')})`, { relatedTo });
  }
}

function narrowStates(
  query: SelectQueryBuilder<ObjectLiteral>,
  { disabled, statuses }: ToggleCriteria,
): void {
  if (disabled !== undefined) query.andWhere('targeting.disabled = :disabled', { disabled });
  if (statuses !== undefined) query.andWhere('targeting.status IN (:...statuses)', { statuses });
}

function withAnyTag(query: SelectQueryBuilder<ToggleEntity>): string {
  return query
    .subQuery()
    .select('link.toggleId')
    .from(ToggleTagEntity, 'link')
    .innerJoin(TagEntity, 'tag', 'tag.id = link.tagId')
    .where('tag.projectId = :projectId AND tag.name IN (:...tags)')
    .getQuery();
}

function changedHere(query: SelectQueryBuilder<ToggleEntity>): string {
  return query
    .subQuery()
    .select('changed.toggleId')
    .from(TargetingEntity, 'changed')
    .where('changed.environmentId = :environmentId AND changed.modifiedBy = :relatedTo')
    .getQuery();
}

/** Whoever made the targeting made its version 1, too. */
function publishedHere(query: SelectQueryBuilder<ToggleEntity>): string {
  return query
    .subQuery()
    .select('1')
    .from(TargetingEntity, 'published')
    .innerJoin(TargetingVersionEntity, 'version', 'version.targetingId = published.id')
    .where('published.environmentId = :environmentId AND published.toggleId = toggle.id')
    .andWhere('version.createdBy = :relatedTo')
    .getQuery();
}
