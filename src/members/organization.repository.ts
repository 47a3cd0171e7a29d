import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { OrganizationEntity } from './organization.entity.js';

@Injectable()
export class OrganizationRepository extends RepositoryBase<OrganizationEntity> {
  constructor(
    unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {
    super(unitOfWork, OrganizationEntity);
  }

  /** Inserts under the id given. Of two processes that do so at once, the second waits, then gets a unique violation. */
  async insert(id: number, name: string): Promise<void> {
    await this.writing.insert({ id, name, createdAt: this.clock.now() });
  }

  /** Inserts a further one; answers its id. */
  async create(name: string): Promise<number> {
    return (await this.save(this.writing.create({ name, createdAt: this.clock.now() }))).id;
  }
}
