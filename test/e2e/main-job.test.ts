import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_NAMES } from '../../src/events/index.js';
import type { Json } from '../support/api-client.js';
import type { paths } from '../support/generated/api.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver, type Received } from '../support/receiver.js';
import { ok, type Schemas, typedClient, type TypedClient } from '../support/typed-client.js';
import { waitFor } from '../support/wait-for.js';
import { CAUSED, changeEverything, SECRETS, type Made } from './every-change.js';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const SECRET = 'main-job-secret-ключ';

/** On every request, by their exact names (platform-api, "Requests to a webhook"). */
const CONTRACT_HEADERS = [
  'Content-Type',
  'User-Agent',
  'X-FeatureProbe-Sign',
  'X-FeatureProbe-Event',
  'X-FeatureProbe-Delivery',
  'X-FeatureProbe-Attempt',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'traceparent',
];

type EventQuery = NonNullable<paths['/api/events']['get']['parameters']['query']>;

/** What HTTP itself needs. */
const TRANSPORT_HEADERS = ['host', 'connection', 'content-length', 'accept', 'accept-encoding'];

/** Those of outreach are caused, and looked at, in tests of their own. */
const FLAG_EVENTS = EVENT_NAMES.filter((name) => !/^(TOUCHPOINT|CAMPAIGN)\./.test(name));

describe.each(DATABASES)('from a change to its signed event on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: TypedClient;
  let receiver: Receiver;
  let made: readonly Made[];
  const startedAt = Date.now();

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    receiver = await Receiver.start();
    flagpost.owner.headers['traceparent'] = TRACEPARENT;
    owner = typedClient(flagpost.owner);
    const headers = { 'X-Extra': SECRETS.headerValue };
    const body = { name: 'main', url: receiver.url, secretKey: SECRET, headers };
    await ok(owner.POST('/api/webhooks', { body }));
    made = await changeEverything(owner, receiver.url);
    // One more: the webhook's own creation.
    await waitFor(() => receiver.received.length >= made.length + 1, 'all events');
  });

  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  const events = (query: EventQuery): Promise<Schemas['EventPage']> =>
    ok(owner.GET('/api/events', { params: { query } }));
  /** The request of a change; the same name comes more than once where the platform does more than was asked. */
  const requestOf = ({ name, marker }: Made): Received => {
    const found = receiver.of(name).filter((request) => request.bytes.includes(marker));
    expect(found, name).toHaveLength(1);
    return found[0]!;
  };

  it('sends every kind of event of the catalogue once for each change, and no other', () => {
    expect(Object.keys(CAUSED).sort()).toEqual([...FLAG_EVENTS].sort());
    expect(made.map(({ name }) => name).sort()).toEqual([...FLAG_EVENTS].sort());
    expect(receiver.received).toHaveLength(made.length + 1);
    expect(receiver.of('WEBHOOK.CREATE')).toHaveLength(2);
  });

  it('sends the headers of the contract by their exact names', () => {
    for (const request of receiver.received) {
      const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
      const others = names.filter((name) => !TRANSPORT_HEADERS.includes(name.toLowerCase()));
      expect(others.toSorted()).toEqual([...CONTRACT_HEADERS, 'X-Extra'].sort());
    }
  });

  it('gives each header its value', async () => {
    const feed = await events({ after: '0', limit: 1000 });
    for (const request of receiver.received) {
      const { action, resource } = request.body;
      expect(request.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'FeatureProbe-Webhook/1.0',
        'x-featureprobe-event': `${resource}.${action}`,
        'x-featureprobe-attempt': '1',
        'x-extra': SECRETS.headerValue,
        'content-length': String(request.bytes.length),
        traceparent: TRACEPARENT,
      });
      expect(Number(request.headers['webhook-timestamp'])).toBeCloseTo(request.at / 1000, -1);
      const event = feed.content.find(({ id }) => id === request.headers['webhook-id'])!;
      expect([event.resource, event.action, event.timestamp]).toEqual([
        resource,
        action,
        request.body.timestamp,
      ]);
      expect(event.data).toEqual(request.body.data);
      const path = { id: String(request.headers['x-featureprobe-delivery']) };
      const delivery = await ok(owner.GET('/api/deliveries/{id}', { params: { path } }));
      expect(delivery.eventId).toBe(event.id);
    }
    expect(feed.content).toHaveLength(receiver.received.length);
  });

  it('signs the exact bytes, in FeatureProbe’s way and in that of Standard Webhooks', () => {
    for (const { headers, bytes } of receiver.received) {
      const sign = createHmac('sha1', Buffer.from(SECRET, 'utf8')).update(bytes).digest('base64');
      expect(headers['x-featureprobe-sign']).toBe(sign);
      const standard = new Webhook(Buffer.from(SECRET, 'utf8'), { format: 'raw' });
      const signed = {
        'webhook-id': String(headers['webhook-id']),
        'webhook-timestamp': String(headers['webhook-timestamp']),
        'webhook-signature': String(headers['webhook-signature']),
      };
      expect(standard.verify(bytes.toString('utf8'), signed)).toEqual(JSON.parse(bytes.toString('utf8')));
      expect(() => standard.verify(`${bytes.toString('utf8')} `, signed)).toThrow();
    }
  });

  it('sends compact JSON, keys sorted at every depth, dates as epoch milliseconds', () => {
    for (const { bytes, body } of receiver.received) {
      expect(bytes.toString('utf8')).toBe(JSON.stringify(sorted(body)));
      expect(bytes.toString('utf8')).not.toMatch(/"\d{4}-\d\d-\d\dT/);
      for (const at of [body.timestamp, ...datesIn(body)]) {
        expect(at).toBeTypeOf('number');
        expect(at).toBeGreaterThanOrEqual(startedAt - 5_000);
        expect(at).toBeLessThanOrEqual(Date.now());
      }
    }
  });

  it.each(FLAG_EVENTS)('sends %s with the keys and the fields of the contract', (name) => {
    const change = made.find((one) => one.name === name)!;
    const { body } = requestOf(change);
    const expected = CAUSED[name]!;
    const { action, resource, operator, timestamp, data, ...keys } = body;
    expect(`${resource}.${action}`).toBe(name);
    expect(operator).toBe('Admin');
    expect(timestamp).toBeTypeOf('number');
    expect(Object.keys(keys).sort()).toEqual([...expected.keys].sort());
    for (const key of expected.keys) expect(keys[key]).toBe(change.keys[key]);
    expect(Array.isArray(data)).toBe(expected.list ?? false);
    for (const item of [data].flat()) expect(Object.keys(item).sort()).toEqual([...expected.fields].sort());
  });

  it.each(FLAG_EVENTS.filter((name) => !name.startsWith('WEBHOOK.')))(
    'sends %s with the data that the API answered',
    (name) => {
      const change = made.find((one) => one.name === name)!;
      expect(requestOf(change).body.data).toEqual(withEpochDates(change.answer));
    },
  );

  it('has environments in projects, and a targeting’s content, with exactly their fields', () => {
    const project = requestOf(made.find(({ name }) => name === 'PROJECT.UPDATE')!).body.data;
    for (const environment of project.environments) {
      const fields = ['clientSdkKey', 'enableApproval', 'key', 'name', 'serverSdkKey'];
      expect(Object.keys(environment)).toEqual(fields);
    }
    const { content } = requestOf(made.find(({ name }) => name === 'TOGGLE.PUBLISH')!).body.data;
    expect(Object.keys(content)).toEqual([
      'defaultServe',
      'disabledServe',
      'prerequisites',
      'rules',
      'variations',
    ]);
  });

  it('sends no secret in any event, and shows none in the feed', async () => {
    const feed = JSON.stringify(await events({ after: '0', limit: 1000 }));
    for (const secret of [SECRET, ...Object.values(SECRETS)]) {
      for (const { bytes } of receiver.received) expect(bytes.includes(secret)).toBe(false);
      expect(feed).not.toContain(secret);
    }
    expect(feed).not.toContain('"secretKey":');
  });

  it('tells what changed in updates, secrets by their names alone', async () => {
    const { content } = await events({ resource: 'WEBHOOK', action: 'UPDATE' });
    expect(content[0]?.changes).toEqual(
      expect.arrayContaining([{ path: '/secretKey' }, { path: '/description', from: '', to: 'changed' }]),
    );
    const published = await events({ resource: 'TOGGLE', action: 'PUBLISH' });
    expect(published.content[0]?.changes).toEqual(
      expect.arrayContaining([
        { path: '/version', from: 1, to: 2 },
        { path: '/disabled', from: true, to: false },
      ]),
    );
  });
});

const isDate = (key: string): boolean => /(Time|Date)$/.test(key);

/** Written anew here, so as not to test the product with its own code. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

function datesIn(value: Json): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => (isDate(key) ? [member] : datesIn(member)));
}

function withEpochDates(value: Json): Json {
  if (Array.isArray(value)) return value.map(withEpochDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      isDate(key) ? Date.parse(String(member)) : withEpochDates(member),
    ]),
  );
}
