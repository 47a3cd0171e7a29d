export { MemberDirectory, type ActiveMember, type Membership } from './member-directory.js';
export { MEMBER_REMOVED, type MemberRemoved } from './member-hooks.js';
export { MembersModule } from './members.module.js';
export { NewOrganizations } from './new-organizations.js';
export { PasswordHasher } from './password-hasher.js';
export { RaisedEpoch } from './raised-epoch.js';
export { TokenMembers } from './token-members.js';
