import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { TagEntity } from './tag.entity.js';

/** The tags of projects. */
@Injectable()
export class TagRepository extends RepositoryBase<TagEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, TagEntity);
  }

  /** Of one project, oldest first. */
  async list(projectId: number): Promise<TagEntity[]> {
    return this.reading.find({ where: { projectId }, order: { id: 'ASC' } });
  }

  async find(projectId: number, name: string): Promise<TagEntity | null> {
    return this.reading.findOneBy({ projectId, name });
  }

  /** Those of the given names that there are, oldest first. */
  async findAll(projectId: number, names: readonly string[]): Promise<TagEntity[]> {
    if (names.length === 0) return [];
    return this.reading.find({ where: { projectId, name: In([...names]) }, order: { id: 'ASC' } });
  }

  /** @throws QueryFailedError, a unique violation, where the project has a tag of that name. */
  async insert(tag: Omit<TagEntity, 'id'>): Promise<void> {
    await this.writing.insert({ ...tag });
  }
}
