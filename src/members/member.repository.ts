import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { MemberEntity } from './member.entity.js';

@Injectable()
export class MemberRepository extends RepositoryBase<MemberEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, MemberEntity);
  }

  /** Whether anybody was ever a member of anything. */
  async anyExists(): Promise<boolean> {
    return this.reading.exists();
  }

  /** Whether one of the accounts was ever given to somebody, in whichever organization. */
  async anyTaken(accounts: readonly string[]): Promise<boolean> {
    return this.reading.existsBy({ account: In(accounts) });
  }

  /** Notes when a member was last here; no change in the sense of `modifiedAt`. */
  async visited(memberId: number, at: number): Promise<void> {
    await this.writing.update({ id: memberId }, { visitedAt: at });
  }
}
