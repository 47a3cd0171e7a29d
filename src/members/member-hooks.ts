/**
 * Emitted inside the unit of work that removes a member, so that others remove what was the member's own in the same
 * transaction; a listener that fails keeps the member. Listen with `suppressErrors: false`.
 */
export const MEMBER_REMOVED = 'member.removed';

/** Payload of `MEMBER_REMOVED`. */
export interface MemberRemoved {
  readonly organizationId: number;
  readonly memberId: number;
}
