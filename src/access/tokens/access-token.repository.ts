import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import type { PageQuery } from '../../platform/http/index.js';
import { AccessTokenEntity } from './access-token.entity.js';
import type { AccessTokenType } from './access-token-value.js';

@Injectable()
export class AccessTokenRepository extends RepositoryBase<AccessTokenEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, AccessTokenEntity);
  }

  async insert(columns: Omit<AccessTokenEntity, 'id'>): Promise<AccessTokenEntity> {
    return this.save(this.writing.create(columns));
  }

  /** Whose token this is, in whichever organization: the token says that itself. */
  async findByHash(tokenHash: string): Promise<AccessTokenEntity | null> {
    return this.reading.findOneBy({ tokenHash });
  }

  async find(organizationId: number, id: number): Promise<AccessTokenEntity | null> {
    return this.reading.findOneBy({ organizationId, id });
  }

  /** The same, locked until the unit ends. */
  async lock(organizationId: number, id: number): Promise<AccessTokenEntity | null> {
    return this.locked(this.writing.createQueryBuilder('token').where({ organizationId, id })).getOne();
  }

  /** One page, newest first: the organization's APPLICATION tokens, and of the PERSON tokens those of `memberId`. */
  async list(
    organizationId: number,
    memberId: number,
    type: AccessTokenType | undefined,
    page: PageQuery,
  ): Promise<[AccessTokenEntity[], number]> {
    const query = this.reading
      .createQueryBuilder('token')
      .where({ organizationId })
      .andWhere("(token.type = 'APPLICATION' OR token.memberId = :memberId)", { memberId });
    if (type !== undefined) query.andWhere('token.type = :type', { type });
    return query
      .orderBy('token.createdAt', 'DESC')
      .addOrderBy('token.id', 'DESC')
      .offset(page.pageIndex * page.pageSize)
      .limit(page.pageSize)
      .getManyAndCount();
  }

  async hasName(organizationId: number, type: AccessTokenType, name: string): Promise<boolean> {
    return this.reading.existsBy({ organizationId, type, name });
  }

  async remove(id: number): Promise<void> {
    await this.writing.delete({ id });
  }

  async removePersonal(organizationId: number, memberId: number): Promise<void> {
    await this.writing.delete({ organizationId, memberId, type: 'PERSON' });
  }

  /** Notes a use, unless one was noted since `before`; no change in the sense of `modifiedAt`. */
  async visited(id: number, at: number, before: number): Promise<void> {
    await this.writing
      .createQueryBuilder()
      .update({ visitedAt: at })
      .where('id = :id AND (visited_at IS NULL OR visited_at <= :before)', { id, before })
      .execute();
  }
}
