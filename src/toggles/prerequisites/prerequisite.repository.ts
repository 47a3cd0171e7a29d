import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { narrowToText, RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { isResourceKey, type PageQuery } from '../../platform/http/index.js';
import { TargetingEntity } from '../targeting/targeting.entity.js';
import { ToggleEntity } from '../toggle.entity.js';
import type { Dependency } from './dependency-graph.js';
import { PrerequisiteEntity } from './prerequisite.entity.js';

/** Rows in one statement; databases limit how many values it may have. */
const CHUNK = 500;

/** Which other toggles are looked for. */
export interface CandidateCriteria {
  readonly environmentId: number;
  readonly projectId: number;
  /** Itself no candidate. */
  readonly toggleId: number;
  readonly key?: string;
  /** Text in the name or key. */
  readonly keyword?: string;
}

/** A toggle that another one may depend on, with its content in the environment. */
export interface Candidate extends Pick<ToggleEntity, 'name' | 'key' | 'returnType'> {
  readonly disabled: boolean;
  readonly content: string;
}

/** A toggle that depends on another one. */
export interface Dependent extends Pick<ToggleEntity, 'name' | 'key'> {
  readonly disabled: boolean;
  readonly dependentValue: string;
}

/** Which toggles depend on which in an environment. */
@Injectable()
export class PrerequisiteRepository extends RepositoryBase<PrerequisiteEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, PrerequisiteEntity);
  }

  /** All dependencies in an environment, those of archived toggles too: they may come back. */
  async listAll(environmentId: number): Promise<Dependency[]> {
    return this.reading.find({ where: { environmentId }, select: { toggleId: true, parentToggleId: true } });
  }

  /** Makes these the prerequisites of a targeting. */
  async replace(targetingId: number, rows: readonly PrerequisiteEntity[]): Promise<void> {
    await this.writing.delete({ targetingId });
    for (let start = 0; start < rows.length; start += CHUNK) {
      await this.writing.insert(rows.slice(start, start + CHUNK));
    }
  }

  /** Gives the targetings of an environment that have none yet those of the same toggles in another one. */
  async copy(from: number, to: number): Promise<void> {
    await this.manager.query(
      `INSERT INTO prerequisite (targeting_id, parent_toggle_id, environment_id, toggle_id, dependent_value)
       SELECT made.id, source.parent_toggle_id, made.environment_id, made.toggle_id, source.dependent_value
       FROM prerequisite source
       JOIN targeting made ON made.toggle_id = source.toggle_id AND made.environment_id = ?
       WHERE source.environment_id = ?`,
      [to, from],
    );
  }

  /** The keys of toggles, in the order of their ids given. */
  async keysOf(toggleIds: readonly number[]): Promise<string[]> {
    const toggles = await this.unitOfWork.reader
      .getRepository(ToggleEntity)
      .find({ where: { id: In([...toggleIds]) }, select: { id: true, key: true } });
    const keys = new Map(toggles.map(({ id, key }) => [id, key]));
    return toggleIds.map((id) => keys.get(id) ?? '');
  }

  /** One page of the toggles in use that depend on a toggle, newest first, and how many there are. */
  async listDependents(
    environmentId: number,
    parentToggleId: number,
    page: PageQuery,
  ): Promise<[Dependent[], number]> {
    const query = this.reading
      .createQueryBuilder('prerequisite')
      .innerJoin(TargetingEntity, 'targeting', 'targeting.id = prerequisite.targetingId')
      .innerJoin(ToggleEntity, 'toggle', 'toggle.id = prerequisite.toggleId')
      .where('prerequisite.environmentId = :environmentId', { environmentId })
      .andWhere('prerequisite.parentToggleId = :parentToggleId', { parentToggleId })
      .andWhere('toggle.archived = :archived', { archived: false });
    const total = await query.getCount();
    const rows = await query
      .select([
        'toggle.name AS name',
        'toggle.key AS toggle_key',
        'targeting.disabled AS disabled',
        'prerequisite.dependentValue AS dependent_value',
      ])
      .orderBy('toggle.createdAt', 'DESC')
      .addOrderBy('toggle.id', 'DESC')
      .offset(page.pageIndex * page.pageSize)
      .limit(page.pageSize)
      .getRawMany<{ name: string; toggle_key: string; disabled: unknown; dependent_value: string }>();
    const dependents = rows.map((row) => ({
      name: row.name,
      key: row.toggle_key,
      disabled: Boolean(row.disabled),
      dependentValue: row.dependent_value,
    }));
    return [dependents, total];
  }

  /** The other toggles in use of the project, newest first. */
  async listCandidates(criteria: CandidateCriteria): Promise<Candidate[]> {
    const { environmentId, projectId, toggleId, key, keyword } = criteria;
    if (key !== undefined && !isResourceKey(key)) return [];
    const query = this.unitOfWork.reader
      .getRepository(ToggleEntity)
      .createQueryBuilder('toggle')
      .innerJoin(TargetingEntity, 'targeting', 'targeting.toggleId = toggle.id')
      .where('targeting.environmentId = :environmentId', { environmentId })
      .andWhere('toggle.projectId = :projectId AND toggle.id <> :toggleId', { projectId, toggleId })
      .andWhere('toggle.archived = :archived', { archived: false });
    if (key !== undefined) query.andWhere('toggle.key = :key', { key });
    if (keyword !== undefined) narrowToText(query, ['toggle.name', 'toggle.key'], keyword);
    const rows = await query
      .select([
        'toggle.name AS name',
        'toggle.key AS toggle_key',
        'toggle.returnType AS return_type',
        'targeting.disabled AS disabled',
        'targeting.content AS content',
      ])
      .orderBy('toggle.createdAt', 'DESC')
      .addOrderBy('toggle.id', 'DESC')
      .getRawMany<Omit<Candidate, 'key' | 'returnType' | 'disabled'> & RawColumns>();
    return rows.map(({ name, toggle_key, return_type, disabled, content }) => ({
      name,
      key: toggle_key,
      returnType: return_type,
      disabled: Boolean(disabled),
      content,
    }));
  }
}

interface RawColumns {
  readonly toggle_key: string;
  readonly return_type: ToggleEntity['returnType'];
  readonly disabled: unknown;
}
