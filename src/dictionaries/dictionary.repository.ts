import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { DictionaryEntity } from './dictionary.entity.js';

@Injectable()
export class DictionaryRepository extends RepositoryBase<DictionaryEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, DictionaryEntity);
  }

  async find(memberId: number, keyHash: string): Promise<DictionaryEntity | null> {
    return this.reading.findOneBy({ memberId, keyHash });
  }

  /** Inserts the row or changes the one there is, in one statement: of two at once neither fails. */
  async put(row: DictionaryEntity): Promise<void> {
    await this.writing
      .createQueryBuilder()
      .insert()
      .values(row)
      .orUpdate(['value', 'modified_at'], ['member_id', 'key_hash'])
      .execute();
  }
}
