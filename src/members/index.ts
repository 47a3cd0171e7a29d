export { MemberDirectory, type ActiveMember, type Membership } from './member-directory.js';
export { MembersModule } from './members.module.js';
export { PasswordHasher } from './password-hasher.js';
export { RaisedEpoch } from './raised-epoch.js';
