import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { SigningKeyEntity } from './signing-key.entity.js';

@Injectable()
export class SigningKeyRepository extends RepositoryBase<SigningKeyEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SigningKeyEntity);
  }

  /** Of no effect where the organization has a key: of two that come at once the first stays. */
  async insertIfMissing(key: Omit<SigningKeyEntity, 'id'>): Promise<void> {
    await this.writing.createQueryBuilder().insert().values(key).orIgnore().execute();
  }

  async find(organizationId: number): Promise<SigningKeyEntity | null> {
    return this.reading.findOneBy({ organizationId });
  }

  async listOf(organizationIds: readonly number[]): Promise<SigningKeyEntity[]> {
    return this.reading.findBy({ organizationId: In([...organizationIds]) });
  }
}
