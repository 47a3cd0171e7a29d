import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/platform/errors/index.js';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import {
  type ApiOperation,
  fill,
  operationsOf,
  parameterExample,
  readDocument,
} from '../support/open-api.js';
import { schemaProblems } from '../support/schema-problems.js';
import { touchpointBody } from '../support/touchpoint-bodies.js';
import { type Changes, WalkScene } from '../support/walk-scene.js';

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];

/** They take away what others need. */
const LAST = ['approvalSettings_update', 'project_delete', 'member_modifyPassword'];

/** Endless answers. */
const STREAMS = /\/stream$/;

/** Where the examples won't do: the scene has such a one already, or the operation needs a certain state. */
const CHANGES: Readonly<Record<string, (scene: WalkScene) => Changes | Promise<Changes>>> = {
  environment_create: () => ({ body: { key: 'other', name: 'Other' } }),
  environment_takeOffline: () => ({ path: { environmentKey: 'spare' } }),
  environment_restore: () => ({ path: { environmentKey: 'spare' } }),
  toggle_takeOffline: () => ({ path: { toggleKey: 'spare' } }),
  toggle_restore: () => ({ path: { toggleKey: 'spare' } }),
  project_create: () => ({ body: { key: 'other', name: 'Other' } }),
  segment_create: () => ({ body: { key: 'other', name: 'Other' } }),
  // It moves the version on, and the example of publishing starts from the first.
  segment_update: () => ({ path: { segmentKey: 'spare' } }),
  segment_delete: () => ({ path: { segmentKey: 'spare' } }),
  toggle_create: () => ({ body: { key: 'other', name: 'Other' } }),
  targeting_versionsFrom: () => ({ path: { version: '1' } }),
  approval_submit: (scene) => scene.approval(),
  approval_decide: (scene) => scene.approval('submit'),
  approval_publish: (scene) => scene.approval('submit', 'pass'),
  approval_cancel: (scene) => scene.approval('submit'),
  approval_diff: (scene) => scene.approval('submit'),
  member_create: () => ({ body: { accounts: ['carol'] } }),
  // A nickname is its owner's to choose.
  member_update: () => ({ body: { nickname: undefined } }),
  event_list: ({ ids }) => ({ query: { after: ids.event, before: ids.event } }),
  delivery_list: ({ ids }) => ({ query: { cursor: ids.delivery } }),
  filter_explain: ({ ids }) => ({ body: { eventId: ids.event } }),
  filter_dryRun: ({ ids }) => ({ body: { webhookId: ids.webhook } }),
  replay_replay: () => ({ body: { dryRun: true } }),
  replay_reconcile: () => ({ body: { dryRun: true } }),
  replay_get: ({ ids }) => ({ path: { replayId: ids.replay } }),
  replay_cancel: ({ ids }) => ({ path: { replayId: ids.replay } }),
  campaign_get: (scene) => scene.campaign(),
  campaign_update: (scene) => scene.campaign(),
  campaign_delete: (scene) => scene.campaign(),
  campaign_publish: (scene) => scene.campaign(),
  campaign_pause: (scene) => scene.campaign('publish'),
  campaign_resume: (scene) => scene.campaign('publish', 'pause'),
  campaign_close: (scene) => scene.campaign('publish'),
  run_runs: (scene) => scene.campaign('publish'),
  run_stats: (scene) => scene.campaign('publish'),
  run_recipients: (scene) => scene.campaign('publish'),
  profile_put: () => ({ body: { gid: undefined, userId: 'u-18' } }),
  webhook_create: ({ receiver }) => ({ body: { name: 'other', url: receiver.url } }),
  webhook_update: ({ receiver }) => ({ body: { url: receiver.url } }),
  // The examples of all fields belong to either kind, and to each type of parameter.
  touchpoint_create: ({ receiver }) => ({ body: ofTouchpoint(receiver.url) }),
  touchpoint_update: ({ receiver, ids }) => ({
    path: { id: ids.disabledTouchpoint },
    body: ofTouchpoint(receiver.url),
  }),
  touchpoint_delete: ({ ids }) => ({ path: { id: ids.disabledTouchpoint } }),
  touchpointDelivery_list: ({ ids }) => ({ query: { cursor: ids.delivery } }),
};

function ofTouchpoint(url: string): Json {
  return { ...touchpointBody({ url }), auth: undefined };
}

interface Call {
  readonly operation: ApiOperation;
  readonly query: Readonly<Record<string, Json>>;
  readonly answer: Answer;
}

describe.each(DATABASES)('every operation of the OpenAPI document on %s', (kind) => {
  let scene: WalkScene;
  let document: Json;
  let operations: readonly ApiOperation[];
  const calls: Call[] = [];

  beforeAll(async () => {
    scene = await WalkScene.start(kind);
    document = await readDocument(scene.owner);
    operations = operationsOf(document).filter(({ path }) => !STREAMS.test(path));
    // Reading comes before changing, and changing before deleting.
    const rank = ({ id, method }: ApiOperation): number =>
      (LAST.indexOf(id) + 1) * 10 + METHODS.indexOf(method);
    for (const operation of operations.toSorted((a, b) => rank(a) - rank(b))) await walk(operation);
  });
  afterAll(() => scene.stop());

  /** Calls it with what it demands, and, where it only reads, with each optional parameter besides. */
  const walk = async (operation: ApiOperation): Promise<void> => {
    const changes = (await CHANGES[operation.id]?.(scene)) ?? {};
    const inQuery = operation.parameters.filter((each) => each.in === 'query');
    const valueOf = (each: Json): Json => changes.query?.[each.name] ?? parameterExample(document, each);
    const optional = inQuery.filter(({ required }) => !required);
    const queries = [{}, ...optional.map((each) => ({ [each.name]: valueOf(each) }))];
    for (const query of queries) {
      const all = { ...operation.query, ...query };
      calls.push({ operation, query: all, answer: await send(operation, all, changes) });
    }
  };
  const send = (operation: ApiOperation, query: Record<string, Json>, changes: Changes): Promise<Answer> => {
    const { method, path, body, file } = operation;
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      ),
    );
    const client = path.startsWith('/internal/') ? scene.server : scene.owner;
    const url = `${fill(path, { ...examplesOf(operation), ...changes.path })}?${search.toString()}`;
    if (file) return client.as({ ...client.headers, 'Content-Type': file.type }).raw(method, url, file.text);
    return client.call(method, url, Array.isArray(body) ? body : body && { ...body, ...changes.body });
  };
  const examplesOf = ({ path, parameters }: ApiOperation): Record<string, string> => {
    const inPath = parameters.filter((each) => each.in === 'path');
    const examples = Object.fromEntries(
      inPath.map((each) => [each.name, String(parameterExample(document, each))]),
    );
    const [, kindOfId] = /^\/api\/(webhook|token|deliver|touchpoint)[^/]*\/\{id\}/.exec(path) ?? [];
    const { webhook, token, delivery, touchpoint } = scene.ids;
    const id = { webhook, token, deliver: delivery, touchpoint }[kindOfId ?? ''];
    return { ...examples, ...(id && { id }) };
  };
  const describeCall = ({ operation, query, answer }: Call): unknown[] => [
    `${operation.method} ${operation.path} ${operation.id}`,
    query,
    answer.status,
    answer.body,
  ];

  it('was called', () => {
    expect(operations.length).toBeGreaterThan(80);
    expect(new Set(calls.map(({ operation }) => operation.id)).size).toBe(operations.length);
    const reads = calls.filter(({ operation }) => operation.method === 'GET');
    expect(reads.some(({ answer }) => answer.body.content?.length > 0)).toBe(true);
  });

  it('succeeds with the examples of the document', () => {
    // The protocol's way of saying that there is nothing new.
    const isFine = ({ operation, query, answer }: Call): boolean =>
      answer.status === 200 ||
      (answer.status === 406 && operation.path.startsWith('/internal/') && 'version' in query);
    expect(calls.filter((call) => !isFine(call)).map(describeCall)).toEqual([]);
  });

  it('answers as its schema says, with no member that the document lacks', () => {
    const wrong = calls.flatMap(({ operation, answer }) => {
      const { content } = operation.responses[String(answer.status)] ?? {};
      if (!content) return answer.body === undefined ? [] : [`${operation.id} ${answer.status} has a body`];
      const [schema] = Object.values<Json>(content).map((each) => each.schema);
      const problems = schemaProblems(document, schema, answer.body);
      return problems.map((problem) => `${operation.id}: ${problem}`);
    });
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('answers errors as documented: unknown things, no login, no such role, no such route', async () => {
    const writer = new ApiClient(scene.flagpost.baseUrl, {
      Authorization: await writersToken(),
    });
    const answers: [ApiOperation, Answer][] = [];
    for (const operation of operations.filter((one) => !one.isPublic && one.path.startsWith('/api/'))) {
      const unknown = Object.fromEntries(operation.pathNames.map((name) => [name, '4711']));
      const path = fill(operation.path, unknown);
      for (const client of [scene.flagpost.anonymous, writer])
        answers.push([operation, await client.call(operation.method, path, operation.body)]);
    }
    const statuses = new Set(answers.map(([, { status }]) => status));
    expect([...statuses].toSorted()).toEqual(expect.arrayContaining([400, 401, 403]));
    const wrong = answers.flatMap(([{ id, responses }, { status, body }]) => {
      const { schema } = responses[String(status)]?.content?.['application/json'] ?? {};
      if (!schema) return [`${id} ${status} is not documented`];
      return schemaProblems(document, schema, body).map((problem) => `${id} ${status}: ${problem}`);
    });
    expect(wrong).toEqual([]);
    const noRoute = await scene.owner.get('/api/nothing');
    expect([
      noRoute.status,
      schemaProblems(document, document.components.schemas.Error, noRoute.body),
    ]).toEqual([404, []]);
  });

  const writersToken = async (): Promise<string> => {
    const admin = await scene.flagpost.anonymous.login('Admin', 'Pass5678');
    const made = await admin.ok('POST', '/api/tokens', { name: 'w', type: 'APPLICATION', role: 'WRITER' });
    return made.token;
  };
});

describe('bodies that may be left out', () => {
  let scene: WalkScene;
  beforeAll(async () => {
    scene = await WalkScene.start('sqlite');
  });
  afterAll(() => scene.stop());

  it('are not missed where they are left out, and are where the document demands them', async () => {
    const operations = operationsOf(await readDocument(scene.owner));
    const path = {
      projectKey: 'shop',
      environmentKey: 'guarded',
      toggleKey: 'dependent',
      segmentKey: 'spare',
    };
    const withBody = operations.filter(({ body, isPublic }) => body !== undefined && !isPublic);
    expect(withBody.filter(({ isBodyOptional }) => isBodyOptional).length).toBeGreaterThan(5);
    for (const operation of withBody.filter(({ id }) => id !== 'dictionary_put')) {
      const url = fill(operation.path, { ...path, id: String(scene.ids.webhook) });
      const { headers } = operation.path.startsWith('/internal/') ? scene.server : scene.owner;
      const response = await fetch(scene.owner.baseUrl + url, { method: operation.method, headers });
      const body = (await response.json()) as Json;
      if (operation.isBodyOptional) {
        expect([operation.id, [200, 400].includes(response.status)]).toEqual([operation.id, true]);
        expect([operation.id, body.message]).not.toEqual([operation.id, ERRORS.body_malformed.en]);
      } else expect([operation.id, body.code]).toEqual([operation.id, 'invalid_request']);
    }
  });
});
