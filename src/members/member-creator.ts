import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { alreadyExists } from '../platform/errors/index.js';
import type { Principal } from '../platform/http/index.js';
import { MemberDto } from './member.dto.js';
import type { CreateMembersRequest } from './member-requests.dto.js';
import { MemberRepository } from './member.repository.js';
import { NewMembers, type NewMember } from './new-members.js';
import { PasswordHasher } from './password-hasher.js';

const DEFAULT_SOURCE = 'PLATFORM';

/** Takes new members into the caller's organization. */
@Injectable()
export class MemberCreator {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly members: MemberRepository,
    private readonly newMembers: NewMembers,
    private readonly passwords: PasswordHasher,
    private readonly events: EventRecorder,
  ) {}

  /**
   * Makes all of them or none.
   * @throws DomainError `conflict` when an account is taken or ever was, by whomever.
   */
  async create(principal: Principal, request: CreateMembersRequest): Promise<MemberDto[]> {
    // The unique index decides; asking first only saves the hashing.
    if (await this.members.anyTaken(request.accounts)) throw alreadyExists();
    const wanted = await this.#hashed(principal.organizationId, request);
    return this.unitOfWork.run(async () => {
      const created: MemberDto[] = [];
      for (const member of wanted) created.push(MemberDto.from(await this.newMembers.insert(member)));
      await this.events.record({
        resource: 'MEMBER',
        action: 'CREATE',
        subject: created[0]?.account,
        data: created,
      });
      return created;
    });
  }

  /** Each hash has its own salt, though the password is one: equal hashes would tell who hasn't changed it yet. */
  async #hashed(organizationId: number, request: CreateMembersRequest): Promise<NewMember[]> {
    const { accounts, password, role } = request;
    const source = request.source ?? DEFAULT_SOURCE;
    const wanted: NewMember[] = [];
    for (const account of accounts) {
      const passwordHash = await this.passwords.hash(password);
      wanted.push({ account, passwordHash, organizationId, role, source });
    }
    return wanted;
  }
}
