import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { narrowToText, RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { ProjectEntity } from './project.entity.js';

@Injectable()
export class ProjectRepository extends RepositoryBase<ProjectEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ProjectEntity);
  }

  async insert(columns: Omit<ProjectEntity, 'id'>): Promise<ProjectEntity> {
    return this.save(this.writing.create(columns));
  }

  async findLive(organizationId: number, key: string): Promise<ProjectEntity | null> {
    return this.reading.findOneBy({ organizationId, key, archived: false });
  }

  async findById(organizationId: number, id: number): Promise<ProjectEntity | null> {
    return this.reading.findOneBy({ organizationId, id });
  }

  /** Deleted ones too. */
  async listByIds(organizationId: number, ids: readonly number[]): Promise<ProjectEntity[]> {
    return this.reading.findBy({ organizationId, id: In([...ids]) });
  }

  /** A live project, locked until the unit ends. */
  async lockLive(organizationId: number, id: number): Promise<ProjectEntity | null> {
    const query = this.writing.createQueryBuilder('project');
    return this.locked(query.where({ organizationId, id, archived: false })).getOne();
  }

  /** The live ones, newest first; with `keyword` those that have it in their name or description. */
  async listLive(organizationId: number, keyword?: string): Promise<ProjectEntity[]> {
    const query = this.reading
      .createQueryBuilder('project')
      .where({ organizationId, archived: false })
      .orderBy('project.createdAt', 'DESC')
      .addOrderBy('project.id', 'DESC');
    if (keyword !== undefined) narrowToText(query, ['project.name', 'project.description'], keyword);
    return query.getMany();
  }

  /** Whether a key is taken in the organization, by a deleted project too. */
  async hasKey(organizationId: number, key: string): Promise<boolean> {
    return this.reading.existsBy({ organizationId, key });
  }

  /** Whether a name is taken in the organization, by a deleted project too, but for the one that may have it. */
  async hasName(organizationId: number, name: string, exceptId = 0): Promise<boolean> {
    return this.reading.existsBy({ organizationId, name, id: Not(exceptId) });
  }
}
