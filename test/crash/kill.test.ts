import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { waitFor } from '../support/wait-for.js';
import { Arrivals, type Arrival } from './arrivals.js';
import { Load, markersIn, PROJECT, TOGGLES } from './load.js';

/** `KILLS=100 npx vitest run test/crash/kill` is the long form. */
const KILLS = Number(process.env['KILLS'] ?? (process.env['CI'] ? 6 : 12));
const DRAIN_LIMIT_MS = 90_000;

/** For all of the kills, and for what is left to be delivered then. */
const SCENE_LIMIT_MS = KILLS * 15_000 + DRAIN_LIMIT_MS + 30_000;

interface FeedEvent {
  readonly id: string;
  readonly resource: string;
  readonly action: string;
  readonly toggleKey?: string;
  readonly data: Json;
}

/** Everything the API says when all is over, and what arrived. */
interface Outcome {
  readonly events: readonly FeedEvent[];
  readonly project: Json;
  readonly toggleKeys: readonly string[];
  /** By toggle, oldest first, the one of its creation left out. */
  readonly versions: ReadonlyMap<string, readonly { version: number; marker: string | undefined }[]>;
  readonly statuses: readonly string[];
  /** Of events that one run sent twice although they had been accepted: how many tries the log has as unanswered. */
  readonly unanswered: ReadonlyMap<string, number>;
}

/**
 * Moments to kill at, taken in turn: whenever, amid a burst of changes, and while the receiver has not answered yet. They are
 * reckoned by what was done, so that a slow machine sees as much load as a fast one.
 */
const MOMENTS: readonly ((load: Load, arrivals: Arrivals, kill: () => Promise<void>) => Promise<void>)[] = [
  async (load, _arrivals, kill) => {
    await load.progress(10 + Math.random() * 40);
    await delay(Math.random() * 30);
    await kill();
  },
  async (load, _arrivals, kill) => {
    await load.progress(10);
    const burst = load.burst(30);
    await load.progress(Math.random() * 25);
    await Promise.all([kill(), burst]);
  },
  async (load, arrivals, kill) => {
    await load.progress(10 + Math.random() * 20);
    await new Promise<void>((resolve, reject) => {
      arrivals.onNext(() => void kill().then(resolve, reject));
    });
  },
];

describe.each(DATABASES)('kill -9 under load on %s', (kind) => {
  let database: TestDatabase;
  let server: FlagpostProcess;
  let arrivals: Arrivals;
  let client: ApiClient;
  let load: Load;
  let outcome: Outcome;

  const startServer = async (): Promise<void> => {
    // What the killed one sent may still lie in the receiver's sockets: it belongs to that run.
    await delay(200);
    arrivals.run += 1;
    await server.start();
  };

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    server = await FlagpostProcess.create(database.url, { RETRY_SECONDS: '0.1', LOG_LEVEL: 'warn' });
    arrivals = await Arrivals.start();
    await startServer();
    client = await server.login();
    const webhook = { name: 'all', url: arrivals.receiver.url, timeoutMs: 1000 };
    const { id } = await client.ok('POST', '/api/webhooks', webhook);
    load = new Load(client);
    await load.prepare();
    load.start();
    for (let kill = 0; kill < KILLS; kill += 1) {
      load.open();
      await MOMENTS[kill % MOMENTS.length]!(load, arrivals, async () => {
        load.close();
        await server.kill9();
      });
      await startServer();
    }
    await load.end();
    await waitFor(
      async () => {
        const answer = await client.ok('GET', `/api/webhooks/${id}/deliveries?status=PENDING&limit=1`);
        return answer.content.length === 0;
      },
      'nothing to be pending',
      DRAIN_LIMIT_MS,
    );
    outcome = await readOutcome(client, id, arrivals);
    console.log(summary(kind, load, arrivals));
  }, SCENE_LIMIT_MS);

  afterAll(async () => {
    await server?.kill9();
    await arrivals?.receiver.stop();
    await database?.remove();
  });

  it('was under load: changes were made, refused, and cut off; something arrived twice', () => {
    const count = (status: number | undefined, sound = true): number =>
      load.changes.filter((change) => change.sound === sound && change.status === status).length;
    expect(count(200)).toBeGreaterThan(KILLS * 10);
    expect(count(400, false)).toBeGreaterThan(10);
    expect(count(undefined)).toBeGreaterThan(5);
    expect(repeatsOf(arrivals)).toBeGreaterThan(0);
  });

  it('answered as it should whenever it answered', () => {
    const odd = load.changes.filter(({ sound, status }) => ![undefined, sound ? 200 : 400].includes(status));
    expect(odd).toEqual([]);
  });

  it('has exactly one event for each change that was answered 200, and none for one that was refused', () => {
    const counts = new Map<string, number>();
    for (const event of outcome.events) {
      for (const marker of new Set(markersIn(JSON.stringify(event.data)))) {
        counts.set(marker, (counts.get(marker) ?? 0) + 1);
      }
    }
    const wrong = load.changes.filter(({ marker, sound, status }) => {
      const count = counts.get(marker) ?? 0;
      if (!sound) return count !== 0;
      return status === 200 ? count !== 1 : count > 1;
    });
    expect(wrong).toEqual([]);
  });

  it('has either both a change and its event, or neither', () => {
    for (const toggle of TOGGLES) {
      const published = outcome.events.filter((event) => isPublish(event) && event.toggleKey === toggle);
      const told = published.map(({ data }) => ({
        version: data.version,
        marker: markersIn(ruleName(data))[0],
      }));
      expect(told).toEqual(outcome.versions.get(toggle));
    }
    const created = outcome.events.filter(
      (event) => event.resource === 'TOGGLE' && event.action === 'CREATE',
    );
    expect(created.map((event) => event.data.key).sort()).toEqual(outcome.toggleKeys.toSorted());
    const updated = outcome.events.filter(
      (event) => event.resource === 'PROJECT' && event.action === 'UPDATE',
    );
    expect(outcome.project.description).toBe(updated.at(-1)?.data.description);
  });

  it('delivered every event, and nothing else', () => {
    const accepted = new Set(
      arrivals.all.filter((arrival) => arrival.accepted).map(({ webhookId }) => webhookId),
    );
    const ids = outcome.events.map((event) => event.id);
    expect(ids.filter((id) => !accepted.has(id))).toEqual([]);
    const known = new Set(ids);
    expect(arrivals.all.filter(({ webhookId }) => !known.has(webhookId))).toEqual([]);
    expect(new Set(outcome.statuses)).toEqual(new Set(['SUCCEEDED']));
    expect(outcome.statuses).toHaveLength(ids.length);
  });

  it('repeats the same bytes under the same webhook-id', () => {
    for (const [id, [first, ...again]] of arrivals.byId()) {
      for (const { bytes } of again) expect(bytes.equals(first!.bytes), id).toBe(true);
    }
  });

  it('repeats what was accepted only after a kill, at most once for each, or where the answer came too late', () => {
    for (const [id, list] of arrivals.byId()) {
      // On a busy machine an answer may miss the deadline; then the log says so.
      expect(repeatsWithinRuns(list), id).toBeLessThanOrEqual(outcome.unanswered.get(id) ?? 0);
    }
  });

  it('keeps the order of each toggle, repeats and failed tries included', () => {
    for (const toggle of TOGGLES) {
      const positions = new Map(
        outcome.events.filter((event) => event.toggleKey === toggle).map((event, index) => [event.id, index]),
      );
      const arrived = arrivals.all.flatMap(({ webhookId }) => positions.get(webhookId) ?? []);
      expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
    }
  });

  it('delivers the versions of each toggle in their order', () => {
    const publishes = new Map(outcome.events.filter(isPublish).map((event) => [event.id, event]));
    const versions = new Map<string, number[]>();
    for (const id of arrivals.byId().keys()) {
      const event = publishes.get(id);
      if (event)
        versions.set(event.toggleKey!, [...(versions.get(event.toggleKey!) ?? []), event.data.version]);
    }
    for (const toggle of TOGGLES) {
      const inOrder = (versions.get(toggle) ?? []).map((_, index) => index + 2);
      expect(versions.get(toggle), toggle).toEqual(inOrder);
    }
  });
});

const isPublish = ({ resource, action }: FeedEvent): boolean => resource === 'TOGGLE' && action === 'PUBLISH';

const ruleName = (targeting: Json): string => String(targeting.content.rules[0]?.name);

async function readOutcome(client: ApiClient, webhookId: number, arrivals: Arrivals): Promise<Outcome> {
  const deliveries = await readDeliveries(client, webhookId);
  const versions = new Map<string, { version: number; marker: string | undefined }[]>();
  for (const toggle of TOGGLES) {
    const path = `/api/projects/${PROJECT}/environments/online/toggles/${toggle}/targeting/versions/2`;
    const { versions: found } = await client.ok('GET', path);
    versions.set(
      toggle,
      found.map((row: Json) => ({ version: row.version, marker: markersIn(ruleName(row))[0] })).toReversed(),
    );
  }
  return {
    events: await readFeed(client),
    project: await client.ok('GET', `/api/projects/${PROJECT}`),
    toggleKeys: (await readToggles(client)).map((toggle) => toggle.key),
    versions,
    statuses: deliveries.map((delivery) => delivery.status),
    unanswered: await countUnanswered(client, deliveries, arrivals),
  };
}

/** From the webhook's own creation on: that is its first. */
async function readFeed(client: ApiClient): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for (let after = '0'; ;) {
    const page = await client.ok('GET', `/api/events?limit=1000&after=${after}`);
    if (page.content.length === 0) return events;
    events.push(...page.content);
    after = page.next;
  }
}

async function readDeliveries(client: ApiClient, webhookId: number): Promise<Json[]> {
  const deliveries: Json[] = [];
  for (let cursor = ''; ;) {
    const page = await client.ok('GET', `/api/webhooks/${webhookId}/deliveries?limit=500&cursor=${cursor}`);
    deliveries.push(...page.content);
    if (page.next === undefined) return deliveries;
    cursor = page.next;
  }
}

async function readToggles(client: ApiClient): Promise<Json[]> {
  const toggles: Json[] = [];
  for (let index = 0; ; index += 1) {
    const path = `/api/projects/${PROJECT}/toggles?pageSize=100&pageIndex=${index}`;
    const { content, totalPages } = await client.ok('GET', path);
    toggles.push(...content);
    if (index + 1 >= totalPages) return toggles;
  }
}

/** Arrivals that were accepted and came again in the same run of the server. */
function repeatsWithinRuns(list: readonly Arrival[]): number {
  const runs = list.filter((arrival) => arrival.accepted).map((arrival) => arrival.run);
  return runs.length - new Set(runs).size;
}

async function countUnanswered(
  client: ApiClient,
  deliveries: readonly Json[],
  arrivals: Arrivals,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [eventId, list] of arrivals.byId()) {
    if (repeatsWithinRuns(list) === 0) continue;
    const { id } = deliveries.find((delivery) => delivery.eventId === eventId)!;
    const { attempts } = await client.ok('GET', `/api/deliveries/${id}`);
    counts.set(eventId, attempts.filter((attempt: Json) => attempt.statusCode === undefined).length);
  }
  return counts;
}

/** Accepted deliveries that came again. */
function repeatsOf(arrivals: Arrivals): number {
  const accepted = [...arrivals.byId().values()].map((list) =>
    list.filter((arrival: Arrival) => arrival.accepted),
  );
  return accepted.reduce((sum, list) => sum + Math.max(list.length - 1, 0), 0);
}

function summary(kind: string, load: Load, arrivals: Arrivals): string {
  const of = (status: number | undefined): number =>
    load.changes.filter((one) => one.status === status).length;
  return (
    `${kind}: ${arrivals.run - 1} kills, ${load.changes.length} changes (${of(200)} made, ${of(400)} refused, ` +
    `${of(undefined)} without an answer), ${arrivals.all.length} arrivals, ${repeatsOf(arrivals)} repeats after a kill`
  );
}
