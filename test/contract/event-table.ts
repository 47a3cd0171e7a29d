import { CHANGE, CONTENT, VARIATIONS } from '../support/approval-scene.js';
import type { Json } from '../support/api-client.js';
import { names } from '../support/shop.js';

const P = '/api/projects/fp';
const E = `${P}/environments/stage`;
const T = `${P}/toggles/new_checkout`;
const TARGETING = `${E}/toggles/new_checkout/targeting`;
const S = `${P}/segments/vip`;
/** The keys that the rows are about. */
export const KEYS: Json = {
  projectKey: 'fp',
  environmentKey: 'stage',
  toggleKey: 'new_checkout',
  segmentKey: 'vip',
};
const RULES = [
  {
    name: 'r',
    conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
  },
];

/** Fields of `data` by its type, optional ones that the rows below cause included. */
export const DATA = {
  Project: names('description environments key name'),
  Environment: names('clientSdkKey enableApproval key name serverSdkKey'),
  ApprovalSettings: names('enable environmentKey environmentName locked reviewers'),
  Toggle: names(
    'archived clientAvailability createdTime desc disabledServe key modifiedBy modifiedTime name permanent returnType tags variations',
  ),
  Targeting: names(
    'content disabled enableApproval locked modifiedBy modifiedTime publishTime status trackAccessEvents version',
  ),
  Canceled: names(
    'content disabled enableApproval locked modifiedBy modifiedTime publishTime status version',
  ),
  Submitted: names(
    'approvalData approvalDate currentData environmentKey projectKey status submitBy title toggleKey',
  ),
  Decided: names(
    'approvalData approvalDate comment currentData environmentKey projectKey status submitBy title toggleKey',
  ),
  Segment: names('createdTime description key modifiedBy modifiedTime name projectKey rules version'),
  Member: names('account createdBy createdTime modifiedBy modifiedTime role'),
  DeletedMember: names('account createdBy createdTime modifiedBy modifiedTime'),
  /** Never the secret: DESIGN, "Where we differ". */
  WebHook: names('createdBy createdTime description id modifiedBy modifiedTime name status url'),
} as const;

/** What the keys of the envelope are; more of them than FeatureProbe sends: DESIGN, "Where we differ". */
type KeyLetters = '' | 'p' | 'pe' | 'pt' | 'ps' | 'pet';
export const KEY_OF: Json = { p: 'projectKey', e: 'environmentKey', t: 'toggleKey', s: 'segmentKey' };

/** A row of the table and how it is caused. */
export interface Row {
  readonly row: number;
  readonly event: string;
  readonly request: readonly [string, string, unknown?];
  readonly keys: KeyLetters;
  readonly type: keyof typeof DATA;
}
const row = (
  number: number,
  event: string,
  keys: KeyLetters,
  type: keyof typeof DATA,
  ...request: [string, string, unknown?]
): Row => ({ row: number, event, keys, type, request });

const settings = (enable: boolean): object => ({
  approvalSettings: [{ environmentKey: 'stage', enable, reviewers: ['Admin'] }],
});
/** A toggle to be made; the rows are about it. */
export const TOGGLE = {
  key: 'new_checkout',
  name: 'New checkout',
  desc: '',
  tags: [],
  clientAvailability: true,
  returnType: 'boolean',
  disabledServe: 0,
  variations: VARIATIONS,
};
const hook = {
  name: 'other',
  url: 'http://127.0.0.1:9/',
  status: 'DISABLE',
  secretKey: 'x',
  description: '',
};
const pass = { status: 'PASS', comment: 'fine' };

/** The table, in an order in which each row can happen; `{id}` is the webhook made before. */
export const ROWS: readonly Row[] = [
  row(1, 'PROJECT.CREATE', 'p', 'Project', 'POST', '/api/projects', {
    key: 'fp',
    name: 'FP',
    description: '',
  }),
  row(2, 'PROJECT.UPDATE', 'p', 'Project', 'PATCH', P, { name: 'FP two' }),
  row(5, 'ENVIRONMENT.CREATE', 'pe', 'Environment', 'POST', `${P}/environments`, {
    key: 'stage',
    name: 'Stage',
  }),
  row(6, 'ENVIRONMENT.UPDATE', 'pe', 'Environment', 'PATCH', E, { name: 'Stage two', resetServerSdk: true }),
  row(7, 'ENVIRONMENT.OFFLINE', 'pe', 'Environment', 'PATCH', `${E}/offline`),
  row(8, 'ENVIRONMENT.RESTORE', 'pe', 'Environment', 'PATCH', `${E}/restore`),
  row(9, 'TOGGLE.CREATE', 'pt', 'Toggle', 'POST', `${P}/toggles`, TOGGLE),
  row(10, 'TOGGLE.UPDATE', 'pt', 'Toggle', 'PATCH', T, { name: 'Newer checkout', permanent: false }),
  row(11, 'TOGGLE.OFFLINE', 'pt', 'Toggle', 'PATCH', `${T}/offline`),
  row(12, 'TOGGLE.RESTORE', 'pt', 'Toggle', 'PATCH', `${T}/restore`),
  row(13, 'TOGGLE.PUBLISH', 'pet', 'Targeting', 'PATCH', TARGETING, { content: CONTENT, disabled: false }),
  row(13, 'TOGGLE.PUBLISH', 'pet', 'Targeting', 'PATCH', TARGETING, { trackAccessEvents: true }),
  row(
    4,
    'PROJECT.UPDATE_APPROVAL_SETTINGS',
    'p',
    'ApprovalSettings',
    'PATCH',
    `${P}/approvalSettings`,
    settings(true),
  ),
  row(15, 'TOGGLE.CREATE_APPROVAL', 'pet', 'Submitted', 'POST', `${TARGETING}/approval`, CHANGE),
  row(16, 'TOGGLE.UPDATE_APPROVAL', 'pet', 'Decided', 'PATCH', `${TARGETING}/approvalStatus`, pass),
  row(14, 'TOGGLE.PUBLISH', 'pet', 'Targeting', 'PATCH', `${TARGETING}/sketch/publish`),
  row(15, 'TOGGLE.CREATE_APPROVAL', 'pet', 'Submitted', 'POST', `${TARGETING}/approval`, CHANGE),
  row(17, 'TOGGLE.REVOKE_APPROVAL', 'pet', 'Canceled', 'PATCH', `${TARGETING}/sketch/cancel`, {
    comment: 'no',
  }),
  row(18, 'SEGMENT.CREATE', 'ps', 'Segment', 'POST', `${P}/segments`, {
    key: 'vip',
    name: 'VIP',
    description: '',
  }),
  row(19, 'SEGMENT.UPDATE', 'ps', 'Segment', 'PATCH', S, { name: 'VIP two' }),
  row(20, 'SEGMENT.PUBLISH', 'ps', 'Segment', 'PATCH', `${S}/publish`, { rules: RULES }),
  row(21, 'SEGMENT.DELETE', 'ps', 'Segment', 'DELETE', S),
  row(22, 'MEMBER.CREATE', '', 'Member', 'POST', '/api/members', {
    accounts: ['bob', 'eve'],
    role: 'WRITER',
    password: 'Pass1234',
  }),
  row(23, 'MEMBER.UPDATE', '', 'Member', 'PATCH', '/api/members', { account: 'bob', role: 'OWNER' }),
  row(24, 'MEMBER.DELETE', '', 'DeletedMember', 'DELETE', '/api/members', { account: 'bob' }),
  row(25, 'WEBHOOK.CREATE', '', 'WebHook', 'POST', '/api/webhooks', hook),
  row(26, 'WEBHOOK.UPDATE', '', 'WebHook', 'PATCH', '/api/webhooks/{id}', { ...hook, secretKey: 'changed' }),
  row(27, 'WEBHOOK.DELETE', '', 'WebHook', 'DELETE', '/api/webhooks/{id}'),
  row(3, 'PROJECT.DELETE', 'p', 'Project', 'DELETE', P),
];
