/** Where a targeting stands on its way to users; all but the last have to do with approvals. */
export const RELEASE_STATUSES = ['PENDING_APPROVAL', 'PENDING_RELEASE', 'REJECT', 'RELEASE'] as const;
export type ReleaseStatus = (typeof RELEASE_STATUSES)[number];
