import { EndpointDeliveries, type DeliveryEnd } from '../../src/delivery/index.js';
import { BatchResults } from '../../src/outreach/requests/batch-results.js';
import { RunRounds } from '../../src/outreach/runs/run-rounds.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { ApiClient, type Json } from './api-client.js';
import type { DatabaseKind } from './databases.js';
import { startFlagpost, type TestFlagpost } from './flagpost.js';
import { OutreachScene } from './outreach-scene.js';
import { SteppedClock } from './stepped-clock.js';

/** A batch as it stands in the table. */
export interface BatchRow {
  readonly run_id: number;
  readonly number: number;
  readonly touchpoint_id: number;
  readonly step: number;
  readonly size: number;
  readonly status: string;
  readonly order_id: string;
  readonly delivery_id: string;
}

/** What a request is answered with; undefined: it is on its way still. */
export type Answering = (
  batch: BatchRow,
  gids: readonly number[],
) => Partial<DeliveryEnd> | object[] | undefined;

export const succeeded = (gid: number): object => ({ gid, status: 'TOU_SUCC' });
export const failed = (gid: number, errorMsg = 'no stock'): object => ({ gid, status: 'TOU_FAIL', errorMsg });
export const allSucceed: Answering = (_batch, gids) => gids.map(succeeded);

/** An answer of the touchpoint about these users. */
export function answerOf(orderId: string, sendStatusList: readonly object[]): Buffer {
  const orderNo = orderId.replaceAll('-', '');
  return Buffer.from(JSON.stringify({ code: 0, orderNo, sendStatusList }));
}

/**
 * Campaigns of which the test takes each step: nothing runs by itself, the time is the test's, and it tells itself how requests end. The
 * deliveries are the engine's, and wait.
 */
export class CampaignSteps {
  #serial = 0;

  private constructor(
    readonly flagpost: TestFlagpost,
    readonly client: ApiClient,
    readonly clock: SteppedClock,
  ) {}

  static async start(kind: DatabaseKind, environment: Record<string, string> = {}): Promise<CampaignSteps> {
    const clock = new SteppedClock();
    const flagpost = await startFlagpost(kind, { ROLES: 'api', ...environment }, { clock });
    // A session would end where the test goes days ahead.
    const { token } = await flagpost.owner.ok('POST', '/api/tokens', {
      name: 'steps',
      type: 'APPLICATION',
      role: 'OWNER',
    });
    return new CampaignSteps(flagpost, new ApiClient(flagpost.baseUrl, { Authorization: token }), clock);
  }

  stop(): Promise<void> {
    return this.flagpost.stop();
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.flagpost.app.get<T>(type as never, { strict: false });
  }

  get unitOfWork(): UnitOfWork {
    return this.get(UnitOfWork);
  }

  query(sql: string, parameters: unknown[] = []): Promise<Json[]> {
    return this.unitOfWork.reader.query(sql, parameters);
  }

  write(sql: string, parameters: unknown[] = []): Promise<unknown> {
    return this.unitOfWork.run(() => this.unitOfWork.manager.query(sql, parameters));
  }

  /** A project of its own, so that its audience is that of this test alone. */
  async project(): Promise<OutreachScene> {
    this.#serial += 1;
    const scene = await OutreachScene.open(this.client, `shop${this.#serial}`);
    await scene.segment('gold', { vip: 'gold' });
    return scene;
  }

  /** A campaign to so many users, launched, and all of it handed to the engine. Answers its path. */
  async send(
    scene: OutreachScene,
    users: number,
    touchpoints: readonly object[] = [COUPONS],
    more: object = {},
  ): Promise<string> {
    await scene.import(people(users));
    const made: number[] = [];
    for (const touchpoint of touchpoints) made.push((await scene.touchpoint(touchpoint)).id as number);
    const path = await scene.launch({
      ...CAMPAIGN,
      steps: made.map((touchpointId) => ({ touchpointId })),
      ...more,
    });
    await this.settle();
    return path;
  }

  /** What the API tells of each recipient: the status, and the reason where there is one. */
  async told(scene: OutreachScene, path: string): Promise<string[]> {
    const recipients = await scene.recipients(path);
    return recipients.map(({ status, reason }) => (reason ? `${status}: ${reason}` : (status as string)));
  }

  /** Goes round until nothing gets on. */
  async settle(): Promise<void> {
    const rounds = this.get(RunRounds);
    while (await rounds.goRound()) continue;
  }

  batches(path: string): Promise<BatchRow[]> {
    return this.query(
      'SELECT b.* FROM reach_batch b JOIN campaign_run r ON r.id = b.run_id WHERE r.campaign_id = ? ORDER BY b.run_id, b.number',
      [idOf(path)],
    );
  }

  async gidsOf({ run_id, number }: BatchRow): Promise<number[]> {
    const rows = await this.query('SELECT gid FROM recipient WHERE run_id = ? AND batch = ? ORDER BY gid', [
      run_id,
      number,
    ]);
    return rows.map(({ gid }) => Number(gid));
  }

  /** Tells how the requests ended that are on their way, all in one unit; answers how many. */
  async answer(path: string, answering: Answering = allSucceed): Promise<number> {
    const ends = await this.endsOf(path, 'SENT', answering);
    await this.tell(ends);
    return ends.length;
  }

  async tell(ends: readonly DeliveryEnd[]): Promise<void> {
    await this.unitOfWork.run(() => this.get(BatchResults).reached(ends));
  }

  /** The same for receipts that are being asked for. */
  async receipts(path: string, answering: Answering): Promise<number> {
    const ends = await this.endsOf(path, 'WAITING', answering);
    await this.unitOfWork.run(() => this.get(BatchResults).receipted(ends));
    return ends.length;
  }

  async endsOf(path: string, status: string, answering: Answering): Promise<DeliveryEnd[]> {
    const ends: DeliveryEnd[] = [];
    for (const batch of await this.batches(path)) {
      if (batch.status.trim() !== status) continue;
      const answer = answering(batch, await this.gidsOf(batch));
      if (!answer) continue;
      ends.push({
        endpointId: batch.touchpoint_id,
        deliveryId: batch.delivery_id,
        eventId: batch.order_id,
        eventName: '',
        status: 'SUCCEEDED',
        statusCode: 200,
        at: this.clock.now(),
        ...(Array.isArray(answer) ? { answer: answerOf(batch.order_id, answer) } : answer),
      });
    }
    return ends;
  }

  /** Sends all there is and has everyone succeed, until the campaign has nothing left to do. */
  async finish(path: string, answering: Answering = allSucceed): Promise<void> {
    do await this.settle();
    while ((await this.answer(path, answering)) > 0);
  }

  /** Messages that wait in the engine for an endpoint. */
  async isWaitingFor(endpointId: number, count: number): Promise<boolean> {
    return this.get(EndpointDeliveries).hasPending(endpointId, count);
  }

  async statusOf(path: string): Promise<string> {
    return (await this.client.ok('GET', path)).status as string;
  }

  async runsOf(path: string): Promise<Json[]> {
    return (await this.client.ok('GET', `${path}/runs`)).content as Json[];
  }
}

export function idOf(path: string): number {
  return Number(path.split('/').at(-1));
}

/** So many profiles of the segment `gold`, and as many others between them. */
export function people(count: number, first = 0): object[] {
  return Array.from({ length: count * 2 }, (_, index) => ({
    userId: `u-${first + index}`,
    attributes: { vip: index % 2 === 0 ? 'gold' : 'silver', name: `Member ${first + index}` },
  }));
}

/** A touchpoint that answers at once, user by user. */
export const COUPONS = {
  name: 'Coupons',
  kind: 'TOUCHPOINT',
  type: 'BENEFIT',
  url: 'http://127.0.0.1:9/reach',
  batchSize: 500,
  receipts: { mode: 'SYNC' },
  userAttributes: [{ attribute: 'userId', name: 'memberId' }],
  templateParams: [{ name: 'amount', type: 'NUMBER' }],
} as const;

/** What a campaign has besides its steps. */
export const CAMPAIGN = {
  name: 'Coupons for gold',
  segmentKey: 'gold',
  templateValues: { amount: 5 },
  trigger: { type: 'ONCE' },
} as const;

/** A touchpoint that is asked for receipts. */
export const ASYNC = {
  ...COUPONS,
  receipts: { mode: 'ASYNC', url: 'http://127.0.0.1:9/receipt', timeoutMinutes: 20 },
} as const;

/** It takes all, and answers about them later. */
export const accepts: Answering = () => [];
