import { Injectable } from '@nestjs/common';
import { Not, type SelectQueryBuilder } from 'typeorm';
import { containsPattern, RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { isResourceKey, type PageQuery } from '../platform/http/index.js';
import type { ReleaseStatus } from './targeting/release-status.js';
import { TargetingEntity, TargetingVersionEntity } from './targeting/targeting.entity.js';
import { ToggleEntity } from './toggle.entity.js';

/** Which toggles of an environment are wanted; absent members don't narrow, those present hold all at once. */
export interface ToggleCriteria {
  readonly archived: boolean;
  readonly disabled?: boolean;
  readonly permanent?: boolean;
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
export type ToggleInEnvironment = ListedToggle & { targeting: Pick<TargetingEntity, 'disabled' | 'status'> };

@Injectable()
export class ToggleRepository extends RepositoryBase<ToggleEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ToggleEntity);
  }

  /** Archived or not. */
  async find(projectId: number, key: string): Promise<ToggleEntity | null> {
    // Databases differ in what they take for the same text; what can't be a key is not looked up at all.
    return isResourceKey(key) ? this.reading.findOneBy({ projectId, key }) : null;
  }

  /** The same, locked until the unit ends. */
  async lock(projectId: number, key: string): Promise<ToggleEntity | null> {
    if (!isResourceKey(key)) return null;
    return this.locked(this.writing.createQueryBuilder('toggle').where({ projectId, key })).getOne();
  }

  /** Whether a key is taken, by an archived toggle too. */
  async hasKey(projectId: number, key: string): Promise<boolean> {
    return this.reading.existsBy({ projectId, key });
  }

  /** Whether a name is taken by a toggle, archived or not, other than `exceptId`. */
  async hasName(projectId: number, name: string, exceptId = 0): Promise<boolean> {
    return this.reading.existsBy({ projectId, name, id: Not(exceptId) });
  }

  /** Adds a row and fills in its id. */
  async insert(toggle: Omit<ToggleEntity, 'id'>): Promise<ToggleEntity> {
    const row = { ...toggle } as ToggleEntity;
    await this.writing.insert(row);
    return row;
  }

  /** Writes a row that the unit has locked. */
  async update({ id, ...columns }: ToggleEntity): Promise<void> {
    await this.writing.update({ id }, columns);
  }

  /** One page of the live toggles of a project, newest first, and how many there are. */
  async list(projectId: number, page: PageQuery): Promise<[ListedToggle[], number]> {
    const query = this.reading
      .createQueryBuilder('toggle')
      .select(LISTED_COLUMNS.map((column) => `toggle.${column}`))
      .where({ projectId, archived: false });
    return newestFirst(query, page).getManyAndCount();
  }

  /** One page of the toggles in an environment, newest first, and how many there are, in two statements. */
  async listIn(
    environmentId: number,
    projectId: number,
    criteria: ToggleCriteria,
    page: PageQuery,
  ): Promise<[ToggleInEnvironment[], number]> {
    const query = this.reading
      .createQueryBuilder('toggle')
      .innerJoinAndMapOne(
        'toggle.targeting',
        TargetingEntity,
        'targeting',
        'targeting.toggleId = toggle.id AND targeting.environmentId = :environmentId',
        { environmentId },
      )
      // After the join, whose columns it narrows: contents may be long, and a list doesn't show them.
      .select(LISTED_COLUMNS.map((column) => `toggle.${column}`))
      .addSelect(['targeting.id', 'targeting.disabled', 'targeting.status'])
      .where({ projectId, archived: criteria.archived });
    narrow(query, criteria);
    return newestFirst(query, page).getManyAndCount() as unknown as Promise<[ToggleInEnvironment[], number]>;
  }
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

function narrow(query: SelectQueryBuilder<ToggleEntity>, criteria: ToggleCriteria): void {
  const { disabled, permanent, keyword, statuses, relatedTo } = criteria;
  if (disabled !== undefined) query.andWhere('targeting.disabled = :disabled', { disabled });
  if (permanent !== undefined) query.andWhere('toggle.permanent = :permanent', { permanent });
  if (statuses !== undefined) query.andWhere('targeting.status IN (:...statuses)', { statuses });
  if (keyword !== undefined) {
    const columns = ['toggle.name', 'toggle.key', 'toggle.description'];
    query.andWhere(`(${columns.map((column) => `${column} LIKE :pattern ESCAPE '!'`).join(' OR ')})`, {
      pattern: containsPattern(keyword),
    });
  }
  if (relatedTo !== undefined) {
    const published = query
      .subQuery()
      .select('1')
      .from(TargetingVersionEntity, 'version')
      .where('version.targetingId = targeting.id AND version.createdBy = :relatedTo')
      .getQuery();
    const stamps = ['toggle', 'targeting'].flatMap((row) => [`${row}.createdBy`, `${row}.modifiedBy`]);
    query.andWhere(
      `(${stamps.map((stamp) => `${stamp} = :relatedTo`).join(' OR ')} OR EXISTS ${published})`,
      {
        relatedTo,
      },
    );
  }
}
