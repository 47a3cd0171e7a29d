import { Campaigns, type Campaign } from '../../src/outreach/campaigns/campaign.js';
import { RunControl } from '../../src/outreach/campaigns/run-control.js';
import { TouchpointUsage } from '../../src/outreach/touchpoints/touchpoint-usage.js';
import { Touchpoints } from '../../src/outreach/touchpoints/touchpoint.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from './api-client.js';
import type { DatabaseKind } from './databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from './flagpost.js';
import { SteppedClock } from './stepped-clock.js';

/** What of a touchpoint a test may care about. */
export interface TouchpointRow {
  readonly kind?: 'CHANNEL' | 'TOUCHPOINT';
  readonly type?: 'NOTICE' | 'BENEFIT' | 'OTHER';
  readonly status?: 'ENABLED' | 'DISABLED';
  readonly templateParams?: readonly object[];
  /** Keys of the projects that may use it; `shop` unless given. */
  readonly projects?: readonly string[];
  /** An organization's id; that of the first owner unless given. */
  readonly organizationId?: number;
}

/** A parameter of each kind of value. */
export const PARAMS = [
  { name: 'amount', type: 'INTEGER', required: true },
  { name: 'level', type: 'ENUM', options: { values: [{ code: 'gold', name: 'Gold' }] } },
];

/** One day, milliseconds. */
export const DAY = 86_400_000;

/** A Flagpost without a worker, so that nothing moves by itself, whose clock can be moved ahead; with a project and a segment. */
export class CampaignScene {
  static readonly base = '/api/projects/shop/campaigns';
  #touchpoints = 1000;
  #owner: ApiClient;

  private constructor(
    readonly flagpost: TestFlagpost,
    readonly clock: SteppedClock,
  ) {
    this.#owner = flagpost.owner;
  }

  static async start(kind: DatabaseKind): Promise<CampaignScene> {
    const clock = new SteppedClock();
    const flagpost = await startFlagpost(kind, { ROLES: 'api' }, { clock });
    await flagpost.owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await flagpost.owner.ok('POST', '/api/projects/shop/segments', { key: 'vip', name: 'VIP' });
    return new CampaignScene(flagpost, clock);
  }

  stop(): Promise<void> {
    return this.flagpost.stop();
  }

  get owner(): ApiClient {
    return this.#owner;
  }

  /** Moves the clock ahead; sessions would not last so long. */
  async wait(ms: number): Promise<void> {
    this.clock.ahead += ms;
    this.#owner = await this.flagpost.anonymous.login('Admin', ADMIN_PASSWORD);
  }

  get unitOfWork(): UnitOfWork {
    return this.flagpost.app.get(UnitOfWork, { strict: false });
  }

  get campaigns(): Campaigns {
    return this.flagpost.app.get(Campaigns, { strict: false });
  }

  get usage(): TouchpointUsage {
    return this.flagpost.app.get(TouchpointUsage, { strict: false });
  }

  get touchpoints(): Touchpoints {
    return this.flagpost.app.get(Touchpoints, { strict: false });
  }

  get runs(): RunControl {
    return this.flagpost.app.get(RunControl, { strict: false });
  }

  /** An instant so many milliseconds from now, as the server's clock has it. */
  in(ms: number): string {
    return new Date(this.clock.now() + ms).toISOString();
  }

  async sql(statement: string, values: readonly unknown[] = []): Promise<Json[]> {
    return this.unitOfWork.run(() => this.unitOfWork.manager.query(statement, [...values]));
  }

  /** Puts a touchpoint into its tables; answers its id. */
  async touchpoint(row: TouchpointRow = {}): Promise<number> {
    this.#touchpoints += 1;
    const id = this.#touchpoints;
    const { kind = 'TOUCHPOINT', status = 'ENABLED', templateParams = PARAMS, projects = ['shop'] } = row;
    const type = kind === 'CHANNEL' ? null : (row.type ?? 'BENEFIT');
    const auth = kind === 'CHANNEL' ? { auth: { type: 'NONE' } } : { receipts: { mode: 'SYNC' } };
    const userAttributes = [{ attribute: 'userId', name: 'memberId' }];
    const config = {
      ...auth,
      batchSize: 100,
      userAttributes,
      templateParams,
      timeoutMs: 5000,
      maxInFlight: 10,
    };
    const organizationId = row.organizationId ?? (await this.#organizationId());
    await this.sql(
      `INSERT INTO touchpoint (id, organization_id, kind, type, name, url, status, config, created_at, created_by, modified_at, modified_by)
       VALUES (?, ?, ?, ?, ?, 'https://coupons.example.com/', ?, ?, 1, 'Admin', 1, 'Admin')`,
      [id, organizationId, kind, type, `Touchpoint ${id}`, status, JSON.stringify(config)],
    );
    for (const key of projects)
      await this.sql(
        'INSERT INTO touchpoint_space (touchpoint_id, project_id) SELECT ?, id FROM project WHERE `key` = ?',
        [id, key],
      );
    return id;
  }

  /** Makes a draft; complete, to be sent in an hour, unless told otherwise. */
  async draft(more: object = {}, base = CampaignScene.base): Promise<Json> {
    const touchpointId = 'steps' in more ? 0 : await this.touchpoint();
    return this.owner.ok('POST', base, {
      name: 'Birthday coupon',
      segmentKey: 'vip',
      steps: [{ touchpointId }],
      templateValues: { amount: 100 },
      trigger: { type: 'ONCE', at: this.in(3_600_000) },
      ...more,
    });
  }

  async published(more: object = {}): Promise<Json> {
    return this.act(await this.draft(more), 'publish');
  }

  /** One that runs every day, and has begun to. */
  async running(more: object = {}): Promise<Json> {
    const { id } = await this.published({ trigger: this.daily(), ...more });
    await this.begin(id);
    return this.owner.ok('GET', `${CampaignScene.base}/${id}`);
  }

  /** Every day at the same time, in an hour for the first. */
  daily(): Json {
    const first = new Date(this.clock.now() + 3_600_000);
    return {
      type: 'RECURRING',
      startDate: first.toISOString().slice(0, 10),
      endDate: this.in(9 * DAY).slice(0, 10),
      every: 'DAY',
      timeOfDay: first.toISOString().slice(11, 16),
      timeZone: 'UTC',
      reentry: 'EACH_TIME',
    };
  }

  async act({ id }: Json, action: string): Promise<Json> {
    return this.owner.ok('PATCH', `${CampaignScene.base}/${id}/${action}`);
  }

  /** What runs do when a run begins. */
  async begin(id: number): Promise<void> {
    await this.locked(id, (campaign) => this.campaigns.started(campaign, this.clock.now()));
  }

  async locked(id: number, work: (campaign: Campaign) => Promise<void>): Promise<void> {
    await this.unitOfWork.run(async () => {
      const campaign = await this.campaigns.lock(id);
      if (!campaign) throw new Error(`There is no campaign ${id} online`);
      await work(campaign);
    });
  }

  /** The campaign's events, the oldest first. */
  async events({ id }: Json): Promise<Json[]> {
    const { content } = await this.owner.ok('GET', '/api/events?resource=CAMPAIGN&limit=100');
    return content.filter(({ data }: Json) => data.id === id).toReversed();
  }

  async #organizationId(): Promise<number> {
    const [row] = await this.sql("SELECT organization_id AS id FROM project WHERE `key` = 'shop'");
    return Number(row.id);
  }
}
