import type { ApiClient, Json } from '../support/api-client.js';

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
const TARGETING = [
  'content',
  'disabled',
  'enableApproval',
  'locked',
  'modifiedBy',
  'modifiedTime',
  'publishTime',
  'status',
  'trackAccessEvents',
  'version',
];
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

/** Every event that the present routes cause, with its keys and the exact fields of its data: contract, section 3.4. */
export const CAUSED: Readonly<Record<string, Expected>> = {
  'PROJECT.CREATE': { keys: ['projectKey'], fields: PROJECT },
  'PROJECT.UPDATE': { keys: ['projectKey'], fields: PROJECT },
  'PROJECT.DELETE': { keys: ['projectKey'], fields: PROJECT },
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
  'TOGGLE.PUBLISH': { keys: ['projectKey', 'environmentKey', 'toggleKey'], fields: TARGETING },
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
const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];
const CONDITION = {
  type: 'string',
  subject: 'city',
  predicate: 'is one of',
  objects: ['Paris', '北京', '🚩'],
};

/** Causes each event once. */
export async function changeEverything(owner: ApiClient, url: string): Promise<readonly Made[]> {
  const made: Made[] = [];
  const change = async (
    name: string,
    marker: string,
    request: readonly [string, string, unknown?],
  ): Promise<Json> => {
    const answer = await owner.ok(...request);
    made.push({ name, marker, keys: KEYS, answer });
    return answer;
  };
  const project = `/api/projects/${KEYS.projectKey}`;
  const create = { key: KEYS.projectKey, name: 'Main shop', description: '' };
  await change('PROJECT.CREATE', 'Main shop', ['POST', '/api/projects', create]);
  await change('PROJECT.UPDATE', 'Renamed', ['PATCH', project, { name: 'Renamed "shop" 北京' }]);
  await changeEnvironment(change, project);
  await changeSegment(change, project);
  await changeToggle(change, project);
  await changeMember(change);
  await changeWebhook(change, url);
  await change('PROJECT.DELETE', KEYS.projectKey, ['DELETE', project]);
  return made;
}

type Change = (name: string, marker: string, request: readonly [string, string, unknown?]) => Promise<Json>;

async function changeEnvironment(change: Change, project: string): Promise<void> {
  const path = `${project}/environments/${KEYS.environmentKey}`;
  const create = { key: KEYS.environmentKey, name: 'Stage one' };
  await change('ENVIRONMENT.CREATE', 'Stage one', ['POST', `${project}/environments`, create]);
  await change('ENVIRONMENT.UPDATE', 'Stage two', [
    'PATCH',
    path,
    { name: 'Stage two', resetServerSdk: true },
  ]);
  await change('ENVIRONMENT.OFFLINE', 'Stage two', ['PATCH', `${path}/offline`]);
  await change('ENVIRONMENT.RESTORE', 'Stage two', ['PATCH', `${path}/restore`]);
}

async function changeSegment(change: Change, project: string): Promise<void> {
  const path = `${project}/segments/${KEYS.segmentKey}`;
  const rules = [{ name: 'cities', conditions: [CONDITION] }];
  const create = { key: KEYS.segmentKey, name: 'Segment one', description: '' };
  await change('SEGMENT.CREATE', 'Segment one', ['POST', `${project}/segments`, create]);
  await change('SEGMENT.UPDATE', 'Segment two', ['PATCH', path, { name: 'Segment two' }]);
  await change('SEGMENT.PUBLISH', 'cities', ['PATCH', `${path}/publish`, { rules, comment: 'go' }]);
  await change('SEGMENT.DELETE', 'Segment two', ['DELETE', path]);
}

async function changeToggle(change: Change, project: string): Promise<void> {
  const path = `${project}/toggles/${KEYS.toggleKey}`;
  const create = {
    key: KEYS.toggleKey,
    name: 'Toggle one',
    desc: '',
    clientAvailability: true,
    returnType: 'boolean',
    disabledServe: 0,
    variations: VARIATIONS,
    tags: [],
    permanent: false,
  };
  const content = {
    rules: [{ name: 'fr', conditions: [CONDITION], serve: { select: 1 } }],
    disabledServe: { select: 0 },
    defaultServe: { split: [5000, 5000] },
    variations: VARIATIONS,
    prerequisites: [],
  };
  const targeting = `${project}/environments/${KEYS.environmentKey}/toggles/${KEYS.toggleKey}/targeting`;
  const publish = { content, disabled: false, comment: 'go live', baseVersion: 1 };
  await change('TOGGLE.CREATE', 'Toggle one', ['POST', `${project}/toggles`, create]);
  await change('TOGGLE.UPDATE', 'Toggle two', ['PATCH', path, { name: 'Toggle two', permanent: false }]);
  await change('TOGGLE.PUBLISH', '"version":2', ['PATCH', targeting, publish]);
  await change('TOGGLE.OFFLINE', 'Toggle two', ['PATCH', `${path}/offline`]);
  await change('TOGGLE.RESTORE', 'Toggle two', ['PATCH', `${path}/restore`]);
}

async function changeMember(change: Change): Promise<void> {
  const create = { accounts: ['bob'], role: 'WRITER', password: SECRETS.password };
  await change('MEMBER.CREATE', 'bob', ['POST', '/api/members', create]);
  const update = { account: 'bob', role: 'OWNER', password: SECRETS.newPassword };
  await change('MEMBER.UPDATE', 'bob', ['PATCH', '/api/members', update]);
  await change('MEMBER.DELETE', 'bob', ['DELETE', '/api/members', { account: 'bob' }]);
}

async function changeWebhook(change: Change, url: string): Promise<void> {
  const create = { name: 'second', url: `${url}/second`, status: 'DISABLE', secretKey: SECRETS.otherSecret };
  const { id } = await change('WEBHOOK.CREATE', 'second', ['POST', '/api/webhooks', create]);
  const update = { description: 'changed', secretKey: SECRETS.newSecret };
  await change('WEBHOOK.UPDATE', 'second', ['PATCH', `/api/webhooks/${id}`, update]);
  await change('WEBHOOK.DELETE', 'second', ['DELETE', `/api/webhooks/${id}`]);
}
