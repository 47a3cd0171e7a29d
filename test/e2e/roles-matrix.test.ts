import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { servedRoutes } from '../support/routes.js';

/**
 * Who may call a route. PUBLIC: anybody. MEMBER: any member of the organization. OWNER: its owners. SERVICE_RULE: any member,
 * but what it may do there depends on the case (whose token, which field, who reviews); tests of that resource show how.
 */
type Rule = 'PUBLIC' | 'MEMBER' | 'OWNER' | 'SERVICE_RULE';

const P = '/api/projects/:projectKey';
const E = `${P}/environments/:environmentKey`;
const S = `${P}/segments/:segmentKey`;
const T = `${P}/toggles/:toggleKey`;
const ET = `${E}/toggles/:toggleKey`;
const C = `${P}/campaigns/:id`;

/** Every route under `/api`. A new one goes here with its rule, on purpose. */
const RULES: Readonly<Record<string, Rule>> = {
  'GET /api/v3/api-docs.json': 'PUBLIC',
  'GET /api/v3/api-docs.yaml': 'PUBLIC',
  'POST /api/login': 'PUBLIC',
  'GET /api/application/settings': 'PUBLIC',
  'GET /api/misc/sdk/:key': 'MEMBER',
  'GET /api/dictionaries/:key': 'MEMBER',
  'POST /api/dictionaries/:key': 'MEMBER',

  'GET /api/members': 'MEMBER',
  'GET /api/members/current': 'MEMBER',
  'GET /api/members/query': 'MEMBER',
  'POST /api/members': 'OWNER',
  'PATCH /api/members': 'SERVICE_RULE',
  'PATCH /api/members/modifyPassword': 'SERVICE_RULE',
  'DELETE /api/members': 'OWNER',

  'GET /api/tokens': 'MEMBER',
  'GET /api/tokens/exists': 'MEMBER',
  'GET /api/tokens/:id': 'SERVICE_RULE',
  'POST /api/tokens': 'SERVICE_RULE',
  'DELETE /api/tokens/:id': 'SERVICE_RULE',

  'GET /api/projects': 'MEMBER',
  'GET /api/projects/exists': 'MEMBER',
  'POST /api/projects': 'MEMBER',
  [`GET ${P}`]: 'MEMBER',
  [`PATCH ${P}`]: 'MEMBER',
  [`DELETE ${P}`]: 'OWNER',
  [`GET ${P}/approvalSettings`]: 'MEMBER',
  [`PATCH ${P}/approvalSettings`]: 'MEMBER',
  [`GET ${P}/tags`]: 'MEMBER',
  [`POST ${P}/tags`]: 'MEMBER',
  [`GET ${P}/attributes`]: 'MEMBER',
  [`POST ${P}/attributes`]: 'MEMBER',

  [`GET ${P}/environments`]: 'MEMBER',
  [`GET ${P}/environments/exists`]: 'MEMBER',
  [`POST ${P}/environments`]: 'MEMBER',
  [`GET ${E}`]: 'MEMBER',
  [`PATCH ${E}`]: 'MEMBER',
  [`PATCH ${E}/offline`]: 'MEMBER',
  [`PATCH ${E}/restore`]: 'MEMBER',
  [`GET ${E}/events`]: 'MEMBER',
  [`PATCH ${E}/events/tracker-status`]: 'MEMBER',

  [`GET ${P}/segments`]: 'MEMBER',
  [`GET ${P}/segments/exists`]: 'MEMBER',
  [`POST ${P}/segments`]: 'MEMBER',
  [`GET ${S}`]: 'MEMBER',
  [`PATCH ${S}`]: 'MEMBER',
  [`DELETE ${S}`]: 'MEMBER',
  [`PATCH ${S}/publish`]: 'MEMBER',
  [`GET ${S}/versions`]: 'MEMBER',
  [`GET ${S}/toggles`]: 'MEMBER',

  [`GET ${S}/audience`]: 'MEMBER',
  [`GET ${P}/profiles`]: 'MEMBER',
  [`POST ${P}/profiles`]: 'MEMBER',
  [`POST ${P}/profiles/import`]: 'MEMBER',
  [`POST ${P}/profiles/events`]: 'MEMBER',
  [`GET ${P}/profiles/:gid`]: 'MEMBER',
  [`DELETE ${P}/profiles/:gid`]: 'MEMBER',

  [`GET ${P}/toggles`]: 'MEMBER',
  [`GET ${P}/toggles/exists`]: 'MEMBER',
  [`POST ${P}/toggles`]: 'MEMBER',
  [`GET ${T}`]: 'MEMBER',
  [`PATCH ${T}`]: 'MEMBER',
  [`PATCH ${T}/offline`]: 'MEMBER',
  [`PATCH ${T}/restore`]: 'MEMBER',

  [`GET ${ET}/targeting`]: 'MEMBER',
  [`PATCH ${ET}/targeting`]: 'MEMBER',
  [`GET ${ET}/targeting/versions`]: 'MEMBER',
  [`GET ${ET}/targeting/versions/:version`]: 'MEMBER',
  [`GET ${ET}/targeting/attributes`]: 'MEMBER',
  [`GET ${ET}/targeting/prerequisite/toggles`]: 'MEMBER',
  [`GET ${ET}/targeting/prerequisite/dependencies`]: 'MEMBER',
  [`GET ${ET}/targeting/diff`]: 'MEMBER',
  [`POST ${ET}/targeting/approval`]: 'MEMBER',
  [`PATCH ${ET}/targeting/approvalStatus`]: 'SERVICE_RULE',
  [`PATCH ${ET}/targeting/sketch/publish`]: 'MEMBER',
  [`PATCH ${ET}/targeting/sketch/cancel`]: 'MEMBER',
  'GET /api/approvalRecords': 'MEMBER',
  'GET /api/approvalRecords/total': 'MEMBER',

  [`GET ${ET}/traffic`]: 'MEMBER',
  [`GET ${ET}/access`]: 'MEMBER',
  [`GET ${ET}/metric`]: 'MEMBER',
  [`POST ${ET}/metric`]: 'MEMBER',
  [`GET ${ET}/metric/analysis`]: 'MEMBER',
  [`GET ${ET}/metric/iterations`]: 'MEMBER',
  [`GET ${ET}/metric/status`]: 'MEMBER',
  [`GET ${ET}/metric/diagnosis`]: 'MEMBER',

  [`GET ${P}/campaigns`]: 'MEMBER',
  [`POST ${P}/campaigns`]: 'MEMBER',
  [`GET ${C}/runs`]: 'MEMBER',
  [`GET ${C}/stats`]: 'MEMBER',
  [`GET ${C}/recipients`]: 'MEMBER',
  [`GET ${C}`]: 'MEMBER',
  [`PATCH ${C}`]: 'MEMBER',
  [`DELETE ${C}`]: 'MEMBER',
  [`PATCH ${C}/publish`]: 'MEMBER',
  [`PATCH ${C}/pause`]: 'MEMBER',
  [`PATCH ${C}/resume`]: 'MEMBER',
  [`PATCH ${C}/close`]: 'MEMBER',

  'GET /api/events': 'MEMBER',
  'GET /api/events/stream': 'MEMBER',
  'GET /api/webhooks': 'MEMBER',
  'GET /api/webhooks/secretKey': 'MEMBER',
  'GET /api/webhooks/checkUrl': 'MEMBER',
  'GET /api/webhooks/templates': 'MEMBER',
  'POST /api/webhooks/preview': 'OWNER',
  'POST /api/webhooks': 'OWNER',
  'GET /api/webhooks/:id': 'MEMBER',
  'PATCH /api/webhooks/:id': 'OWNER',
  'DELETE /api/webhooks/:id': 'OWNER',
  'POST /api/webhooks/:id/rotateSecret': 'OWNER',
  'POST /api/webhooks/:id/test': 'OWNER',
  'POST /api/webhooks/:id/replay': 'OWNER',
  'POST /api/webhooks/:id/reconcile': 'OWNER',
  'GET /api/webhooks/:id/replays/:replayId': 'MEMBER',
  'POST /api/webhooks/:id/replays/:replayId/cancel': 'OWNER',
  'POST /api/webhooks/:id/explain': 'OWNER',
  'POST /api/webhooks/filters/dryRun': 'OWNER',
  'GET /api/webhooks/:id/deliveries': 'MEMBER',
  'GET /api/touchpoints': 'MEMBER',
  'POST /api/touchpoints': 'OWNER',
  'GET /api/touchpoints/:id': 'MEMBER',
  'PATCH /api/touchpoints/:id': 'OWNER',
  'DELETE /api/touchpoints/:id': 'OWNER',
  'PATCH /api/touchpoints/:id/enable': 'OWNER',
  'PATCH /api/touchpoints/:id/disable': 'OWNER',
  'PATCH /api/touchpoints/:id/spaces': 'OWNER',
  'POST /api/touchpoints/:id/test': 'MEMBER',
  'GET /api/touchpoints/:id/options/:param': 'MEMBER',
  'GET /api/touchpoints/:id/deliveries': 'MEMBER',
  'GET /api/deliveries/:id': 'MEMBER',
  'POST /api/deliveries/:id/redeliver': 'OWNER',
};

/** An answer that never ends is asked for what is refused at once. */
const ENDLESS: Readonly<Record<string, string>> = { '/api/events/stream': '?after=nothing' };

/** Answers that say nothing about the case at hand, only about who calls. */
const REFUSALS = [401, 403];

describe('the matrix of roles', () => {
  let flagpost: TestFlagpost;
  let writers: Record<string, ApiClient>;
  let owners: Record<string, ApiClient>;
  beforeAll(async () => {
    flagpost = await startFlagpost('sqlite');
    await flagpost.owner.ok('POST', '/api/members', {
      accounts: ['writer'],
      role: 'WRITER',
      password: 'Pass1234',
    });
    const writer = await flagpost.anonymous.login('writer', 'Pass1234');
    writers = { session: writer, ...(await tokensOf(writer, 'WRITER')) };
    owners = { session: flagpost.owner, ...(await tokensOf(flagpost.owner, 'OWNER')) };
  });
  afterAll(() => flagpost.stop());

  const tokensOf = async (maker: ApiClient, role: string): Promise<Record<string, ApiClient>> => {
    const make = async (type: string): Promise<ApiClient> => {
      const { token } = await maker.ok('POST', '/api/tokens', { name: `${type} of ${role}`, type, role });
      return new ApiClient(flagpost.baseUrl, { Authorization: token });
    };
    return { person: await make('PERSON'), application: await make('APPLICATION') };
  };
  const withRule = (...rules: Rule[]): string[] =>
    Object.keys(RULES).filter((route) => rules.includes(RULES[route] ?? 'PUBLIC'));
  /** Calls a route about things that don't exist, with no body: what is left to answer is who may call. */
  const statusOf = async (route: string, client: ApiClient): Promise<number> => {
    const [method = '', path = ''] = route.split(' ');
    const filled = path.replace(/:(\w+)/g, (_whole, name: string) => (name === 'id' ? '999999' : 'nothing'));
    return (await client.call(method, filled + (ENDLESS[path] ?? ''))).status;
  };

  it('has every route that is served, and no other', () => {
    const served = servedRoutes(flagpost.app).filter(({ path }) => /^\/api(\/|$)/.test(path));
    const names = served.map(({ method, path }) => `${method} ${path}`);
    expect(names.toSorted()).toEqual(Object.keys(RULES).toSorted());
  });

  it('keeps callers out who are not signed in', async () => {
    for (const route of withRule('MEMBER', 'OWNER', 'SERVICE_RULE'))
      expect([route, await statusOf(route, flagpost.anonymous)]).toEqual([route, 401]);
  });

  it('keeps out tokens that are none', async () => {
    const stranger = new ApiClient(flagpost.baseUrl, { Authorization: `api-${'0'.repeat(40)}` });
    for (const route of withRule('MEMBER', 'OWNER', 'SERVICE_RULE'))
      expect([route, await statusOf(route, stranger)]).toEqual([route, 403]);
  });

  it('lets anybody call what is public', async () => {
    for (const route of withRule('PUBLIC'))
      expect(REFUSALS.concat(404)).not.toContain(await statusOf(route, flagpost.anonymous));
  });

  it.each(['session', 'person', 'application'])('refuses writers what is the owners’: by %s', async (way) => {
    const client = writers[way] ?? flagpost.anonymous;
    for (const route of withRule('OWNER'))
      expect([route, await statusOf(route, client)]).toEqual([route, 403]);
  });

  it.each(['session', 'person', 'application'])('lets writers call all else: by %s', async (way) => {
    const client = writers[way] ?? flagpost.anonymous;
    for (const route of withRule('MEMBER', 'SERVICE_RULE'))
      expect([200, 400].includes(await statusOf(route, client)) || route).toBe(true);
  });

  it.each(['session', 'person', 'application'])('lets owners call everything: by %s', async (way) => {
    const client = owners[way] ?? flagpost.anonymous;
    for (const route of withRule('MEMBER', 'SERVICE_RULE', 'OWNER'))
      expect([200, 400].includes(await statusOf(route, client)) || route).toBe(true);
  });
});
