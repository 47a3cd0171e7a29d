import type { Json } from '../support/api-client.js';
import { ok, type Schemas, type TypedClient } from '../support/typed-client.js';

/** Nowhere in any event. */
export const SECRETS = {
  headerValue: 'header-value-4711',
  otherSecret: 'other-webhook-secret-4712',
  newSecret: 'new-webhook-secret-4713',
  password: 'Pass-word-4714',
  newPassword: 'Pass-word-4715',
};

interface Expected {
  readonly keys: readonly string[];
  readonly fields: readonly string[];
  readonly list?: boolean;
}

const PROJECT = ['description', 'environments', 'key', 'name'];
const ENVIRONMENT = ['clientSdkKey', 'enableApproval', 'key', 'name', 'serverSdkKey'];
const SEGMENT = [
  'createdTime',
  'description',
  'key',
  'modifiedBy',
  'modifiedTime',
  'name',
  'projectKey',
  'rules',
  'version',
];
const TOGGLE = [
  'archived',
  'clientAvailability',
  'createdTime',
  'desc',
  'disabledServe',
  'key',
  'modifiedBy',
  'modifiedTime',
  'name',
  'permanent',
  'returnType',
  'tags',
  'variations',
];
const CANCELED_TARGETING = [
  'content',
  'disabled',
  'enableApproval',
  'locked',
  'modifiedBy',
  'modifiedTime',
  'publishTime',
  'status',
  'version',
];
const TARGETING = [...CANCELED_TARGETING, 'trackAccessEvents'];
const APPROVAL = [
  'approvalData',
  'approvalDate',
  'currentData',
  'environmentKey',
  'projectKey',
  'status',
  'submitBy',
  'title',
  'toggleKey',
];
const APPROVAL_SETTINGS = ['enable', 'environmentKey', 'environmentName', 'locked', 'reviewers'];
const MEMBER = ['account', 'createdBy', 'createdTime', 'modifiedBy', 'modifiedTime'];
/** FeatureProbe's, without the secret; our own settings show only where they differ from their defaults. */
const WEBHOOK = [
  'createdBy',
  'createdTime',
  'description',
  'id',
  'modifiedBy',
  'modifiedTime',
  'name',
  'status',
  'url',
];

const IN_ENVIRONMENT = ['projectKey', 'environmentKey', 'toggleKey'];

/** Every event, with its keys and the exact fields of its data: contract, section 3.4. */
export const CAUSED: Readonly<Record<string, Expected>> = {
  'PROJECT.CREATE': { keys: ['projectKey'], fields: PROJECT },
  'PROJECT.UPDATE': { keys: ['projectKey'], fields: PROJECT },
  'PROJECT.DELETE': { keys: ['projectKey'], fields: PROJECT },
  'PROJECT.UPDATE_APPROVAL_SETTINGS': { keys: ['projectKey'], fields: APPROVAL_SETTINGS, list: true },
  'ENVIRONMENT.CREATE': { keys: ['projectKey', 'environmentKey'], fields: ENVIRONMENT },
  'ENVIRONMENT.UPDATE': { keys: ['projectKey', 'environmentKey'], fields: ENVIRONMENT },
  'ENVIRONMENT.OFFLINE': { keys: ['projectKey', 'environmentKey'], fields: ENVIRONMENT },
  'ENVIRONMENT.RESTORE': { keys: ['projectKey', 'environmentKey'], fields: ENVIRONMENT },
  'SEGMENT.CREATE': { keys: ['projectKey', 'segmentKey'], fields: SEGMENT },
  'SEGMENT.UPDATE': { keys: ['projectKey', 'segmentKey'], fields: SEGMENT },
  'SEGMENT.PUBLISH': { keys: ['projectKey', 'segmentKey'], fields: SEGMENT },
  'SEGMENT.DELETE': { keys: ['projectKey', 'segmentKey'], fields: SEGMENT },
  'TOGGLE.CREATE': { keys: ['projectKey', 'toggleKey'], fields: TOGGLE },
  'TOGGLE.UPDATE': { keys: ['projectKey', 'toggleKey'], fields: TOGGLE },
  'TOGGLE.OFFLINE': { keys: ['projectKey', 'toggleKey'], fields: TOGGLE },
  'TOGGLE.RESTORE': { keys: ['projectKey', 'toggleKey'], fields: TOGGLE },
  'TOGGLE.PUBLISH': { keys: IN_ENVIRONMENT, fields: TARGETING },
  'TOGGLE.CREATE_APPROVAL': { keys: IN_ENVIRONMENT, fields: APPROVAL },
  'TOGGLE.UPDATE_APPROVAL': { keys: IN_ENVIRONMENT, fields: [...APPROVAL, 'comment'] },
  'TOGGLE.REVOKE_APPROVAL': { keys: IN_ENVIRONMENT, fields: CANCELED_TARGETING },
  'MEMBER.CREATE': { keys: [], fields: [...MEMBER, 'role'], list: true },
  'MEMBER.UPDATE': { keys: [], fields: [...MEMBER, 'role'] },
  'MEMBER.DELETE': { keys: [], fields: MEMBER },
  'WEBHOOK.CREATE': { keys: [], fields: WEBHOOK },
  'WEBHOOK.UPDATE': { keys: [], fields: WEBHOOK },
  'WEBHOOK.DELETE': { keys: [], fields: WEBHOOK },
};

/** A change that was made. */
export interface Made {
  /** `RESOURCE.ACTION` that must follow from it. */
  readonly name: string;
  /** The body of that event holds it, and no other of that name does. */
  readonly marker: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly answer: Json;
}

const KEYS = { projectKey: 'main-shop', environmentKey: 'stage', toggleKey: 'checkout', segmentKey: 'vip' };
const { projectKey, environmentKey, toggleKey, segmentKey } = KEYS;
const PROJECT_PATH = { params: { path: { projectKey } } };
const ENVIRONMENT_PATH = { params: { path: { projectKey, environmentKey } } };
const SEGMENT_PATH = { params: { path: { projectKey, segmentKey } } };
const TOGGLE_PATH = { params: { path: { projectKey, toggleKey } } };
const TARGETING_PATH = { params: { path: { projectKey, environmentKey, toggleKey } } };

const VARIATIONS: Schemas['Variation'][] = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];
const CONDITION: Schemas['Condition'] = {
  type: 'string',
  subject: 'city',
  predicate: 'is one of',
  objects: ['Paris', '北京', '🚩'],
};

/** Causes each event once. */
export async function changeEverything(owner: TypedClient, url: string): Promise<readonly Made[]> {
  const made: Made[] = [];
  const change: Change = async (name, marker, request) => {
    const answer = await ok(request);
    made.push({ name, marker, keys: KEYS, answer });
    return answer;
  };
  const project = { key: projectKey, name: 'Main shop', description: '' };
  await change('PROJECT.CREATE', 'Main shop', owner.POST('/api/projects', { body: project }));
  const renamed = { ...PROJECT_PATH, body: { name: 'Renamed "shop" 北京' } };
  await change('PROJECT.UPDATE', 'Renamed', owner.PATCH('/api/projects/{projectKey}', renamed));
  await changeEnvironment(owner, change);
  await changeSegment(owner, change);
  await changeToggle(owner, change);
  await changeTargeting(owner, change);
  await changeMember(owner, change);
  await changeWebhook(owner, change, url);
  await change('PROJECT.DELETE', projectKey, owner.DELETE('/api/projects/{projectKey}', PROJECT_PATH));
  return made;
}

type Change = <Data>(name: string, marker: string, request: Parameters<typeof ok<Data>>[0]) => Promise<Data>;

async function changeEnvironment({ POST, PATCH }: TypedClient, change: Change): Promise<void> {
  const base = '/api/projects/{projectKey}/environments';
  const create = { ...PROJECT_PATH, body: { key: environmentKey, name: 'Stage one' } };
  await change('ENVIRONMENT.CREATE', 'Stage one', POST(base, create));
  const update = { ...ENVIRONMENT_PATH, body: { name: 'Stage two', resetServerSdk: true } };
  await change('ENVIRONMENT.UPDATE', 'Stage two', PATCH(`${base}/{environmentKey}`, update));
  await change(
    'ENVIRONMENT.OFFLINE',
    'Stage two',
    PATCH(`${base}/{environmentKey}/offline`, ENVIRONMENT_PATH),
  );
  await change(
    'ENVIRONMENT.RESTORE',
    'Stage two',
    PATCH(`${base}/{environmentKey}/restore`, ENVIRONMENT_PATH),
  );
}

async function changeSegment({ POST, PATCH, DELETE }: TypedClient, change: Change): Promise<void> {
  const base = '/api/projects/{projectKey}/segments';
  const create = { ...PROJECT_PATH, body: { key: segmentKey, name: 'Segment one', description: '' } };
  await change('SEGMENT.CREATE', 'Segment one', POST(base, create));
  const update = { ...SEGMENT_PATH, body: { name: 'Segment two' } };
  await change('SEGMENT.UPDATE', 'Segment two', PATCH(`${base}/{segmentKey}`, update));
  const rules = [{ name: 'cities', conditions: [CONDITION] }];
  const publish = { ...SEGMENT_PATH, body: { rules, comment: 'go' } };
  await change('SEGMENT.PUBLISH', 'cities', PATCH(`${base}/{segmentKey}/publish`, publish));
  await change('SEGMENT.DELETE', 'Segment two', DELETE(`${base}/{segmentKey}`, SEGMENT_PATH));
}

async function changeToggle({ POST, PATCH }: TypedClient, change: Change): Promise<void> {
  const base = '/api/projects/{projectKey}/toggles';
  const body: Schemas['CreateToggleDto'] = {
    key: toggleKey,
    name: 'Toggle one',
    desc: '',
    clientAvailability: true,
    returnType: 'boolean',
    disabledServe: 0,
    variations: VARIATIONS,
    tags: [],
    permanent: false,
  };
  await change('TOGGLE.CREATE', 'Toggle one', POST(base, { ...PROJECT_PATH, body }));
  const update = { ...TOGGLE_PATH, body: { name: 'Toggle two', permanent: false } };
  await change('TOGGLE.UPDATE', 'Toggle two', PATCH(`${base}/{toggleKey}`, update));
  await change('TOGGLE.OFFLINE', 'Toggle two', PATCH(`${base}/{toggleKey}/offline`, TOGGLE_PATH));
  await change('TOGGLE.RESTORE', 'Toggle two', PATCH(`${base}/{toggleKey}/restore`, TOGGLE_PATH));
}

/** Publishes once directly, then has the environment demand approvals: one is given, and its change given up. */
async function changeTargeting({ POST, PATCH }: TypedClient, change: Change): Promise<void> {
  const base = '/api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting';
  const content: Schemas['TargetingContent'] = {
    rules: [{ name: 'fr', conditions: [CONDITION], serve: { select: 1 } }],
    disabledServe: { select: 0 },
    defaultServe: { split: [5000, 5000] },
    variations: VARIATIONS,
    prerequisites: [],
  };
  const publish = { content, disabled: false, comment: 'go live', baseVersion: 1 };
  await change('TOGGLE.PUBLISH', '"version":2', PATCH(base, { ...TARGETING_PATH, body: publish }));
  const settings = { approvalSettings: [{ environmentKey, enable: true, reviewers: ['Admin'] }] };
  await change(
    'PROJECT.UPDATE_APPROVAL_SETTINGS',
    environmentKey,
    PATCH('/api/projects/{projectKey}/approvalSettings', { ...PROJECT_PATH, body: settings }),
  );
  const submit = { ...TARGETING_PATH, body: { disabled: true, comment: 'switch it off' } };
  await change('TOGGLE.CREATE_APPROVAL', 'switch it off', POST(`${base}/approval`, submit));
  const decide = { ...TARGETING_PATH, body: { status: 'PASS' as const, comment: 'looks good' } };
  await change('TOGGLE.UPDATE_APPROVAL', 'looks good', PATCH(`${base}/approvalStatus`, decide));
  const cancel = { ...TARGETING_PATH, body: { comment: 'no longer needed' } };
  await change('TOGGLE.REVOKE_APPROVAL', '"version":2', PATCH(`${base}/sketch/cancel`, cancel));
}

async function changeMember({ POST, PATCH, DELETE }: TypedClient, change: Change): Promise<void> {
  const path = '/api/members';
  const create = { accounts: ['bob'], role: 'WRITER' as const, password: SECRETS.password };
  await change('MEMBER.CREATE', 'bob', POST(path, { body: create }));
  const update = { account: 'bob', role: 'OWNER' as const, password: SECRETS.newPassword };
  await change('MEMBER.UPDATE', 'bob', PATCH(path, { body: update }));
  await change('MEMBER.DELETE', 'bob', DELETE(path, { body: { account: 'bob' } }));
}

async function changeWebhook(
  { POST, PATCH, DELETE }: TypedClient,
  change: Change,
  url: string,
): Promise<void> {
  const create: Schemas['CreateWebhookRequest'] = {
    name: 'second',
    url: `${url}/second`,
    status: 'DISABLE',
    secretKey: SECRETS.otherSecret,
  };
  const { id } = await change('WEBHOOK.CREATE', 'second', POST('/api/webhooks', { body: create }));
  const path = { params: { path: { id } } };
  const body = { description: 'changed', secretKey: SECRETS.newSecret };
  await change('WEBHOOK.UPDATE', 'second', PATCH('/api/webhooks/{id}', { ...path, body }));
  await change('WEBHOOK.DELETE', 'second', DELETE('/api/webhooks/{id}', path));
}
