import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/index.js';
import { FirstAccount } from './first-account.js';
import { InitialPassword } from './initial-password.js';
import { MemberController } from './member.controller.js';
import { MemberCreator } from './member-creator.js';
import { MemberDirectory } from './member-directory.js';
import { MemberEntity } from './member.entity.js';
import { MemberPasswords } from './member-passwords.js';
import { MemberReader } from './member-reader.js';
import { MemberRemover } from './member-remover.js';
import { MemberRepository } from './member.repository.js';
import { MemberService } from './member.service.js';
import { MembershipRepository } from './membership.repository.js';
import { NewMembers } from './new-members.js';
import { NewOrganizations } from './new-organizations.js';
import { OrganizationEntity } from './organization.entity.js';
import { OrganizationMemberEntity } from './organization-member.entity.js';
import { OrganizationRepository } from './organization.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { RaisedEpoch } from './raised-epoch.js';
import { TokenMembers } from './token-members.js';

/** The organization and who belongs to it. */
@Module({
  imports: [
    TypeOrmModule.forFeature([OrganizationEntity, MemberEntity, OrganizationMemberEntity]),
    EventsModule,
  ],
  controllers: [MemberController],
  providers: [
    OrganizationRepository,
    MemberRepository,
    MembershipRepository,
    NewMembers,
    NewOrganizations,
    FirstAccount,
    InitialPassword,
    MemberDirectory,
    MemberReader,
    MemberCreator,
    MemberService,
    MemberRemover,
    MemberPasswords,
    PasswordHasher,
    RaisedEpoch,
    TokenMembers,
  ],
  exports: [MemberDirectory, NewOrganizations, PasswordHasher, RaisedEpoch, TokenMembers],
})
export class MembersModule {}
