import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { type ApiOperation, fill, readOperations } from '../support/open-api.js';

const DEPTH = 2_000;

/** What no field expects, and some do. */
const ODD: Readonly<Record<string, Json>> = {
  null: null,
  zero: 0,
  fraction: -1.5,
  huge: 1e308,
  long: Number.MAX_SAFE_INTEGER,
  true: true,
  empty: '',
  blank: '   ',
  text: 'x',
  NUL: 'a\u0000b',
  surrogate: '\ud83d',
  emoji: '🚩'.repeat(2000),
  '100 kB': 'x'.repeat(100_000),
  'empty list': [],
  list: [1, null, 'x', {}, []],
  'long list': Array.from({ length: 5_000 }, () => 'x'),
  'empty object': {},
  object: { a: 1, length: 3, toString: 'x' },
};

/** Nested too deep for `JSON.stringify` of a careless server; made as text. */
const DEEP = ['['.repeat(DEPTH) + ']'.repeat(DEPTH), '{"a":'.repeat(DEPTH) + '1' + '}'.repeat(DEPTH)];

const ODD_TEXTS = [
  '%00',
  '%ff',
  '%F0%9F%9A%A9',
  '..%2f..%2f',
  "'%20OR%201=1--",
  '-1',
  '99999999999999999999',
  '1e3',
  'NaN',
  '%22',
  '%5B%5D',
  'x'.repeat(3000),
  '0',
  '2147483648',
  'a%0d%0aX:%20b',
  '%',
  '*',
  '%E2%80%A8',
];

/** Answers that never end are asked for with a cursor that is refused, so that they don't begin. */
const ENDLESS = /\/stream$/;
const REFUSED = '&after=nothing';

interface Probe {
  readonly what: string;
  readonly answer: Answer;
}

describe.each(DATABASES)('whatever is sent, on %s', { timeout: 240_000 }, (kind) => {
  let flagpost: TestFlagpost;
  let client: ApiClient;
  let operations: readonly ApiOperation[];
  let parameters: Record<string, string>;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { EGRESS_ALLOW: '' });
    client = flagpost.owner;
    operations = await readOperations(client);
    parameters = {
      projectKey: 'shop',
      environmentKey: 'online',
      toggleKey: 'toggle',
      segmentKey: 'segment',
      version: '1',
    };
    await client.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await client.ok('POST', '/api/projects/shop/segments', { key: 'segment', name: 'Segment' });
    await client.ok('POST', '/api/projects/shop/toggles', {
      key: 'toggle',
      name: 'Toggle',
      returnType: 'boolean',
      clientAvailability: true,
      disabledServe: 0,
      variations: [{ value: 'false' }, { value: 'true' }],
    });
    // Disabled, so nothing leaves the machine.
    const webhook = await client.ok('POST', '/api/webhooks', {
      name: 'webhook',
      url: 'http://93.184.216.34/',
      status: 'DISABLE',
      events: ['MEMBER.DELETE'],
    });
    parameters['id'] = String(webhook.id);
    await client.ok('POST', '/api/members', { accounts: ['victim'], role: 'OWNER', password: 'Victim-1234' });
  });
  afterAll(() => flagpost.stop());

  /** Removing what later probes need, or signing the caller out, would make them all alike; testing leaves the machine. */
  const isHarmless = ({ method, path }: ApiOperation): boolean =>
    method !== 'DELETE' && !/\/(offline|test)$/.test(path) && path !== '/api/login';

  const probe = async ({ method, path }: ApiOperation, what: string, body: string): Promise<Probe> => {
    const answer = await client.raw(method, fill(path, parameters), body);
    return { what: `${method} ${path} ${what}`, answer };
  };

  const wrong = (probes: readonly Probe[]): unknown[] =>
    probes
      .filter(({ answer }) => answer.status >= 500 || !isProper(answer))
      .map(({ what, answer }) => [what, answer.status, answer.body]);

  it('answers every odd body field with a code and a message, and never with 5xx', async () => {
    const probes: Probe[] = [];
    for (const operation of operations.filter(isHarmless)) {
      for (const field of Object.keys(operation.fields)) {
        for (const [name, value] of Object.entries(ODD)) {
          const body = { ...bodyOf(operation), [field]: value };
          probes.push(await probe(operation, `${field} ${name}`, JSON.stringify(body)));
        }
        for (const deep of DEEP) {
          const body = JSON.stringify({ ...bodyOf(operation), [field]: 'DEEP' });
          probes.push(
            await probe(
              operation,
              `${field} deep`,
              body.replace('"DEEP"', () => deep),
            ),
          );
        }
      }
    }
    expect(probes.length).toBeGreaterThan(500);
    // Not vacuous: most of what is refused names the field, and the rest is fine.
    const fieldOf = ({ what }: Probe): string => what.split(' ')[2]!;
    const refused = probes.filter(({ answer }) => answer.body?.code === 'invalid_request');
    const named = refused.filter((one) => one.answer.body.message.includes(fieldOf(one)));
    expect(named.length).toBeGreaterThan(refused.length * 0.8);
    expect(probes.filter(({ answer }) => answer.status === 200).length).toBeGreaterThan(100);
    expect(wrong(probes)).toEqual([]);
  });

  it('answers oddities inside rules, variations, lists and headers likewise', async () => {
    const probes: Probe[] = [];
    for (const operation of operations.filter(isHarmless)) {
      for (const path of pathsInside(operation.body)) {
        for (const [name, value] of Object.entries(ODD)) {
          const body = replaced(bodyOf(operation), path, value);
          probes.push(await probe(operation, `${path.join('.')} ${name}`, JSON.stringify(body)));
        }
      }
    }
    expect(probes.length).toBeGreaterThan(500);
    expect(probes.filter(({ answer }) => answer.status === 200).length).toBeGreaterThan(20);
    expect(wrong(probes)).toEqual([]);
  });

  it('answers every odd whole body likewise', async () => {
    const probes: Probe[] = [];
    const bodies = [...Object.values(ODD).map((value) => JSON.stringify(value)), ...DEEP, ''];
    for (const { method, path } of operations.filter(isHarmless)) {
      if (method === 'GET') continue;
      for (const body of bodies) {
        const answer = await client.raw(method, fill(path, parameters), body);
        probes.push({ what: `${method} ${path} ${body.slice(0, 30)}`, answer });
      }
    }
    expect(wrong(probes)).toEqual([]);
  });

  it('answers every odd path and query parameter likewise', async () => {
    const probes: Probe[] = [];
    for (const { method, path, queryNames } of operations.filter((one) => one.method === 'GET')) {
      for (const odd of ODD_TEXTS) {
        for (const name of path.match(/(?<=\{)\w+(?=\})/g) ?? []) {
          const url = fill(path, { ...parameters, [name]: odd });
          probes.push({ what: `${path} ${name}=${odd}`, answer: await client.call(method, url) });
        }
        for (const name of queryNames) {
          const url = `${fill(path, parameters)}?${name}=${odd}${ENDLESS.test(path) ? REFUSED : ''}`;
          probes.push({ what: `${path}?${name}=${odd}`, answer: await client.call(method, url) });
        }
      }
    }
    expect(probes.length).toBeGreaterThan(300);
    expect(wrong(probes)).toEqual([]);
  });

  it('is none the worse for it', async () => {
    expect((await client.get('/actuator/health')).body).toMatchObject({ status: 'UP' });
    await client.ok('PATCH', '/api/projects/shop', { description: 'still here' });
    for (const path of ['/api/projects', '/api/webhooks', '/api/members', '/api/events'])
      await client.ok('GET', path);
  });
});

/** Success has no code; an error has code and message, both text. */
function isProper({ status, body }: Answer): boolean {
  if (status < 400) return body?.code === undefined;
  const { code, message } = body ?? {};
  return typeof code === 'string' && code !== '' && typeof message === 'string' && message !== '';
}

let serial = 0;

/** Examples of the document, made so that only what a test changes can be wrong with them. */
function bodyOf({ path, body: example }: ApiOperation): Json {
  serial += 1;
  const body = { ...example };
  for (const name of ['baseVersion', 'copyFrom', 'nickname']) delete body[name];
  if ('key' in body) body.key = `key-${serial}`;
  if ('name' in body) body.name = `Name ${serial}`;
  if ('url' in body) Object.assign(body, { url: 'http://93.184.216.34/', status: 'DISABLE' });
  // Not the account that the test itself is signed in with.
  if (path.startsWith('/api/members'))
    Object.assign(body, { account: 'victim', accounts: [`victim-${serial}`] });
  return body;
}

/** The paths to everything below the fields of a body. */
function pathsInside(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const inner = [...path, key];
    return [...(inner.length > 1 ? [inner] : []), ...pathsInside(value[key], inner)];
  });
}

function replaced(value: Json, [key, ...rest]: readonly string[], by: Json): Json {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  return Object.assign(copy, { [key]: replaced(copy[key] ?? {}, rest, by) });
}
