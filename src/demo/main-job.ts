import { randomBytes } from 'node:crypto';
import { DemoServer } from './demo-server.js';
import { DemoReceiver, describeArrival, type Arrival } from './receiver.js';

/** How long to wait for the events to arrive, milliseconds. */
const ARRIVAL_LIMIT_MS = 15_000;

const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];

/**
 * Does the main job by the public API and shows it: a receiver, a project, a toggle, a webhook, three published changes, and each
 * of them arriving signed. All of it is gone afterwards.
 */
export async function showMainJob(): Promise<void> {
  say('Starting a Flagpost of its own on a free port …');
  const server = await DemoServer.start();
  const secret = randomBytes(20).toString('hex');
  const arrivals: Arrival[] = [];
  const receiver = await DemoReceiver.start(0, secret, (arrival) => {
    arrivals.push(arrival);
    process.stdout.write(describeArrival(arrival));
  });
  try {
    const api = await signIn(server);
    await prepare(api, receiver.url, secret);
    await publishThree(api, arrivals);
    const wrong = arrivals.filter((arrival) => arrival.signature !== 'verified').length;
    if (wrong > 0) throw new Error(`${wrong} of ${arrivals.length} signatures were not right`);
    say(`${arrivals.length} events arrived, in order, each signature verified.`);
  } finally {
    await receiver.stop();
    await server.stop();
  }
  say('Cleaned up. Next: npm start');
}

type Api = (method: string, path: string, body: object) => Promise<Record<string, unknown>>;

async function signIn(server: DemoServer): Promise<Api> {
  const call = caller(server.address, {});
  const session = await call('POST', '/api/login', { account: 'Admin', password: server.password });
  return caller(server.address, {
    Authorization: `Bearer ${String(session['token'])}`,
    'X-OrganizeID': String(session['organizeId']),
  });
}

function caller(address: string, headers: Record<string, string>): Api {
  return async (method, path, body) => {
    const request: RequestInit = { method, body: JSON.stringify(body) };
    request.headers = { 'Content-Type': 'application/json', ...headers };
    const response = await fetch(address + path, request);
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    if (path !== '/api/login') say(`▶ ${method} ${path}  ${response.status}`);
    return answer;
  };
}

async function prepare(api: Api, url: string, secretKey: string): Promise<void> {
  await api('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  await api('POST', '/api/projects/shop/toggles', {
    key: 'new_checkout',
    name: 'New checkout',
    returnType: 'boolean',
    clientAvailability: true,
    disabledServe: 0,
    variations: VARIATIONS,
  });
  const events = ['TOGGLE.PUBLISH'];
  await api('POST', '/api/webhooks', { name: 'demo receiver', url, secretKey, events });
}

async function publishThree(api: Api, arrivals: readonly Arrival[]): Promise<void> {
  const targeting = '/api/projects/shop/environments/online/toggles/new_checkout/targeting';
  const serve = (defaultServe: object): object => ({
    rules: [],
    disabledServe: { select: 0 },
    defaultServe,
    variations: VARIATIONS,
    prerequisites: [],
  });
  const changes = [
    { comment: 'on for one in ten', disabled: false, content: serve({ split: [9000, 1000] }) },
    { comment: 'on for everyone', disabled: false, content: serve({ select: 1 }) },
    { comment: 'off again', disabled: true },
  ];
  for (const [index, change] of changes.entries()) {
    say(`\n${change.comment}:`);
    await api('PATCH', targeting, change);
    await untilArrived(arrivals, index + 1);
  }
}

async function untilArrived(arrivals: readonly Arrival[], count: number): Promise<void> {
  const end = performance.now() + ARRIVAL_LIMIT_MS;
  while (arrivals.length < count) {
    if (performance.now() > end) throw new Error(`Only ${arrivals.length} of ${count} events arrived`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
