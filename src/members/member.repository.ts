import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { isSameAccount } from './account-field.js';
import { ACCESS_TOKEN_SOURCE, ACTIVE, MemberEntity } from './member.entity.js';

const CAN_SIGN_IN = { deleted: false, status: ACTIVE, source: Not(ACCESS_TOKEN_SOURCE) };

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

  /** Somebody who could sign in if there were an organization to sign in to. */
  async findActiveByAccount(account: string): Promise<MemberEntity | null> {
    const found = await this.reading.findOneBy({ account, ...CAN_SIGN_IN });
    return found && isSameAccount(found.account, account) ? found : null;
  }

  /** The same by id, locked until the unit ends. */
  async lockActive(id: number): Promise<MemberEntity | null> {
    return this.locked(this.writing.createQueryBuilder('member').where({ id, ...CAN_SIGN_IN })).getOne();
  }

  /** Notes when a member was last here; no change in the sense of `modifiedAt`. */
  async visited(memberId: number, at: number): Promise<void> {
    await this.writing.update({ id: memberId }, { visitedAt: at });
  }
}
