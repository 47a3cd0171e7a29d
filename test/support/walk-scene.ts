import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from './flagpost.js';
import { ApiClient, type Json } from './api-client.js';
import type { DatabaseKind } from './databases.js';
import { Receiver } from './receiver.js';
import { touchpointBody } from './touchpoint-bodies.js';
import { waitFor } from './wait-for.js';

const SHOP = '/api/projects/shop';
const VARIATIONS = [{ value: 'false' }, { value: 'true' }];
const METRIC = { name: 'Orders', metricType: 'CONVERSION', eventType: 'CUSTOM', eventName: 'order' };

/** The examples of the OpenAPI document name these, so what they name has to be there. */
const EXAMPLE = { password: 'Pass1234', internalToken: 'the-internal-token' };

/** What an operation is called with instead of the document's examples. */
export interface Changes {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** A Flagpost with one of everything, by the keys and names that the OpenAPI document has as examples. */
export class WalkScene {
  #toggles = 0;

  private constructor(
    readonly flagpost: TestFlagpost,
    readonly receiver: Receiver,
    readonly owner: ApiClient,
    /** What the FeatureProbe server calls with. */
    readonly server: ApiClient,
    readonly ids: Readonly<
      Record<
        'webhook' | 'token' | 'delivery' | 'event' | 'replay' | 'touchpoint' | 'disabledTouchpoint',
        string
      >
    >,
  ) {}

  static async start(kind: DatabaseKind): Promise<WalkScene> {
    const receiver = await Receiver.start();
    const flagpost = await startFlagpost(kind, { INTERNAL_TOKEN: EXAMPLE.internalToken });
    const { anonymous } = flagpost;
    await flagpost.owner.ok('PATCH', '/api/members', { account: 'Admin', password: EXAMPLE.password });
    const owner = await anonymous.login('Admin', EXAMPLE.password);
    const webhook = await owner.ok('POST', '/api/webhooks', { name: 'first', url: receiver.url });
    await fill(owner);
    const [token] = (await owner.ok('GET', '/api/tokens')).content;
    const delivery = await waitFor(async () => {
      const page = await owner.ok('GET', `/api/webhooks/${webhook.id}/deliveries?status=SUCCEEDED`);
      return page.content[0];
    }, 'a delivery');
    const { serverSdkKey } = await owner.ok('GET', `${SHOP}/environments/online`);
    const headers = { 'X-Internal-Token': EXAMPLE.internalToken, Authorization: serverSdkKey };
    const replay = await owner.ok('POST', `/api/webhooks/${webhook.id}/replay`, { since: 0 });
    const [touchpoint, disabledTouchpoint] = await addTouchpoints(owner, receiver.url);
    const ids = {
      webhook: webhook.id,
      token: token.id,
      delivery: delivery.id,
      event: delivery.eventId,
      replay: replay.id,
      touchpoint,
      disabledTouchpoint,
    };
    return new WalkScene(flagpost, receiver, owner, new ApiClient(anonymous.baseUrl, headers), ids);
  }

  async stop(): Promise<void> {
    await this.flagpost.stop();
    await this.receiver.stop();
  }

  /** Makes a toggle with an approval in the environment `guarded`, at the state it has after these steps. */
  async approval(...steps: ('submit' | 'pass')[]): Promise<Changes> {
    this.#toggles += 1;
    const path = { environmentKey: 'guarded', toggleKey: `approved-${this.#toggles}` };
    const toggle = `${SHOP}/environments/guarded/toggles/${path.toggleKey}`;
    await addToggle(this.owner, path.toggleKey);
    await this.owner.ok('POST', `${toggle}/metric`, METRIC);
    for (const step of steps) {
      if (step === 'submit') await this.owner.ok('POST', `${toggle}/targeting/approval`, { disabled: false });
      else await this.owner.ok('PATCH', `${toggle}/targeting/approvalStatus`, { status: 'PASS' });
    }
    return { path };
  }

  /** Makes a campaign that has been taken through these steps. */
  async campaign(...steps: ('publish' | 'pause')[]): Promise<Changes> {
    const { id } = await this.owner.ok('POST', `${SHOP}/campaigns`, {
      name: 'Birthday coupon',
      segmentKey: 'vip',
      steps: [{ touchpointId: await this.#authorisedTouchpoint() }],
      trigger: { type: 'ONCE', at: '2126-12-01T09:00:00Z' },
    });
    for (const step of steps) await this.owner.ok('PATCH', `${SHOP}/campaigns/${id}/${step}`);
    return { path: { id: String(id) } };
  }

  async #authorisedTouchpoint(): Promise<number> {
    const { id } = await this.owner.ok(
      'POST',
      '/api/touchpoints',
      touchpointBody({ url: this.receiver.url }),
    );
    await this.owner.ok('PATCH', `/api/touchpoints/${id}/spaces`, { projectKeys: ['shop'] });
    return id;
  }
}

/** One of everything in the project `shop`, and spare ones to be removed. */
async function fill(owner: ApiClient): Promise<void> {
  await owner.ok('POST', '/api/projects', { key: 'shop', name: 'The shop' });
  for (const key of ['guarded', 'spare']) await owner.ok('POST', `${SHOP}/environments`, { key, name: key });
  const approvalSettings = [{ environmentKey: 'guarded', enable: true, reviewers: ['Admin'] }];
  await owner.ok('PATCH', `${SHOP}/approvalSettings`, { approvalSettings });
  for (const key of ['vip', 'spare'])
    await owner.ok('POST', `${SHOP}/segments`, { key, name: `${key} users` });
  const rules = [
    { conditions: [{ type: 'string', subject: 'city', predicate: 'contains', objects: ['a'] }] },
  ];
  await owner.ok('PATCH', `${SHOP}/segments/spare/publish`, { rules });
  await owner.ok('POST', `${SHOP}/tags`, { name: 'web' });
  await owner.ok('POST', `${SHOP}/attributes`, { key: 'city' });
  for (const key of ['new_checkout', 'spare', 'dependent']) await addToggle(owner, key);
  await owner.ok('POST', `${SHOP}/environments/online/toggles/new_checkout/metric`, METRIC);
  await owner.ok('PATCH', `${SHOP}/environments/online/toggles/dependent/targeting`, {
    content: {
      rules: [
        { conditions: [{ type: 'segment', predicate: 'is in', objects: ['vip'] }], serve: { select: 1 } },
      ],
      defaultServe: { select: 0 },
      prerequisites: [{ key: 'new_checkout', value: 'true', type: 'boolean' }],
    },
    disabled: false,
  });
  await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: ADMIN_PASSWORD });
  await owner.ok('POST', '/api/tokens', { name: 'first', type: 'APPLICATION', role: 'WRITER' });
  await owner.ok('POST', '/api/dictionaries/user_last_seen', { projectKey: 'shop' });
  const attributes = { city: 'Paris', level: 3, gold: true };
  await owner.ok('POST', `${SHOP}/profiles`, { gid: 17, userId: 'u-17', attributes });
  const event = { name: 'purchase', value: 99.5, attributes: { sku: 'A-1' } };
  await owner.ok('POST', `${SHOP}/profiles/events`, [{ gid: 17, ...event }]);
}

async function addToggle(owner: ApiClient, key: string): Promise<void> {
  await owner.ok('POST', `${SHOP}/toggles`, {
    key,
    name: `${key} toggle`,
    returnType: 'boolean',
    clientAvailability: true,
    disabledServe: 0,
    variations: VARIATIONS,
    tags: ['web'],
  });
}

/** Ids of one that is enabled and one that is disabled. */
async function addTouchpoints(owner: ApiClient, url: string): Promise<[string, string]> {
  const options = { values: [{ code: 'gold', name: 'Gold members' }] };
  const templateParams = [
    { name: 'amount', type: 'NUMBER' },
    { name: 'level', type: 'ENUM', options },
  ];
  const body = touchpointBody({ url, templateParams });
  const [enabled, disabled] = [
    await owner.ok('POST', '/api/touchpoints', body),
    await owner.ok('POST', '/api/touchpoints', body),
  ];
  await owner.ok('PATCH', `/api/touchpoints/${disabled.id}/disable`);
  return [enabled.id, disabled.id];
}
