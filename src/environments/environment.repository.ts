import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { EnvironmentEntity } from './environment.entity.js';

/** Made first, listed first. */
const OLDEST_FIRST = { createdAt: 'ASC', id: 'ASC' } as const;

@Injectable()
export class EnvironmentRepository extends RepositoryBase<EnvironmentEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, EnvironmentEntity);
  }

  async insert(columns: Omit<EnvironmentEntity, 'id'>): Promise<EnvironmentEntity> {
    return this.save(this.writing.create(columns));
  }

  async find(projectId: number, key: string, archived: boolean): Promise<EnvironmentEntity | null> {
    return this.reading.findOneBy({ projectId, key, archived });
  }

  /** The same, locked until the unit ends. */
  async lock(projectId: number, key: string, archived: boolean): Promise<EnvironmentEntity | null> {
    const query = this.writing.createQueryBuilder('environment').where({ projectId, key, archived });
    return this.locked(query).getOne();
  }

  /** Locks an environment until the unit ends. */
  async lockById(id: number): Promise<void> {
    await this.locked(this.writing.createQueryBuilder('environment').where({ id })).getOne();
  }

  /** All of a project, archived ones too, locked until the unit ends. */
  async lockAll(projectId: number): Promise<EnvironmentEntity[]> {
    const query = this.writing.createQueryBuilder('environment').where({ projectId });
    // Always in one order, so that two units that lock all of them don't wait for each other.
    return this.locked(query.orderBy('environment.id', 'ASC')).getMany();
  }

  /** Of these projects, oldest first. */
  async list(projectIds: readonly number[], archived: boolean): Promise<EnvironmentEntity[]> {
    return this.reading.find({ where: { projectId: In([...projectIds]), archived }, order: OLDEST_FIRST });
  }

  /** Archived ones too, of whichever project. */
  async listByIds(ids: readonly number[]): Promise<EnvironmentEntity[]> {
    return this.reading.findBy({ id: In([...ids]) });
  }

  async listAll(projectId: number): Promise<EnvironmentEntity[]> {
    return this.reading.find({ where: { projectId }, order: OLDEST_FIRST });
  }

  /** Whether a key is taken in the project, by an archived environment too. */
  async hasKey(projectId: number, key: string): Promise<boolean> {
    return this.reading.existsBy({ projectId, key });
  }

  /** Whether a name is taken in the project, by an archived environment too, but for the one that may have it. */
  async hasName(projectId: number, name: string, exceptId = 0): Promise<boolean> {
    return this.reading.existsBy({ projectId, name, id: Not(exceptId) });
  }

  async archiveAll(
    projectId: number,
    stamps: Pick<EnvironmentEntity, 'modifiedAt' | 'modifiedBy'>,
  ): Promise<void> {
    await this.writing.update({ projectId, archived: false }, { archived: true, ...stamps });
  }

  async setApproval(
    id: number,
    columns: Pick<EnvironmentEntity, 'enableApproval' | 'reviewers' | 'modifiedAt' | 'modifiedBy'>,
  ): Promise<void> {
    await this.writing.update({ id }, columns);
  }

  /** In plain SQL, as it is part of every publish. */
  async bumpVersion(id: number): Promise<void> {
    await this.manager.query('UPDATE environment SET version = version + 1 WHERE id = ?', [id]);
  }

  /** Archived ones too: SDKs that come back with a restored environment must not take its old state for the newest. */
  async bumpAllVersions(projectId: number): Promise<void> {
    await this.writing.increment({ projectId }, 'version', 1);
  }
}
