import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { AttributeEntity } from './attribute.entity.js';

/** The attributes of projects. */
@Injectable()
export class AttributeRepository extends RepositoryBase<AttributeEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, AttributeEntity);
  }

  /** Of one project, oldest first. */
  async list(projectId: number): Promise<AttributeEntity[]> {
    return this.reading.find({ where: { projectId }, order: { id: 'ASC' } });
  }

  async find(projectId: number, key: string): Promise<AttributeEntity | null> {
    return this.reading.findOneBy({ projectId, key });
  }

  /** @throws QueryFailedError, a unique violation, where the project has an attribute of that key. */
  async insert(attribute: Omit<AttributeEntity, 'id'>): Promise<void> {
    await this.writing.insert({ ...attribute });
  }
}
