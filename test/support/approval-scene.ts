import type { Answer, ApiClient, Json } from './api-client.js';
import type { DatabaseKind } from './databases.js';
import { startFlagpost, type TestFlagpost } from './flagpost.js';

const PASSWORD = 'Pass1234';

export const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];

/** Content that is a change of every toggle the scene makes. */
export const CONTENT = {
  rules: [],
  disabledServe: { select: 0 },
  defaultServe: { select: 1 },
  variations: VARIATIONS,
  prerequisites: [],
};

/** What is submitted where nothing else matters. */
export const CHANGE = { content: CONTENT, disabled: false, comment: 'go live' };

/** A toggle's targeting in the environment `online`, and what can be done to its approval. */
export class Place {
  constructor(
    readonly key: string,
    readonly path = `/api/projects/shop/environments/online/toggles/${key}/targeting`,
  ) {}

  submit(by: ApiClient, change: object = CHANGE): Promise<Answer> {
    return by.post(`${this.path}/approval`, change);
  }

  decide(by: ApiClient, status: string, more: object = {}): Promise<Answer> {
    return by.patch(`${this.path}/approvalStatus`, { status, ...more });
  }

  publish(by: ApiClient, body?: object): Promise<Answer> {
    return by.patch(`${this.path}/sketch/publish`, body);
  }

  cancel(by: ApiClient, body?: object): Promise<Answer> {
    return by.patch(`${this.path}/sketch/cancel`, body);
  }

  async view(by: ApiClient): Promise<Json> {
    return by.ok('GET', this.path);
  }
}

/** A Flagpost whose project `shop` demands approvals in `online`, by `rita` or `Ron`. */
export class ApprovalScene {
  #toggles = 0;

  private constructor(
    readonly flagpost: TestFlagpost,
    /** An owner, who is no reviewer. */
    readonly owner: ApiClient,
    /** Writers who review. */
    readonly rita: ApiClient,
    readonly ron: ApiClient,
    /** A writer who submits and reviews nothing. */
    readonly walt: ApiClient,
  ) {}

  static async start(kind: DatabaseKind): Promise<ApprovalScene> {
    const flagpost = await startFlagpost(kind);
    const { owner } = flagpost;
    const accounts = ['rita', 'Ron', 'walt'];
    await owner.ok('POST', '/api/members', { accounts, role: 'WRITER', password: PASSWORD });
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    const [rita, ron, walt] = await Promise.all(accounts.map((each) => owner.login(each, PASSWORD)));
    const scene = new ApprovalScene(flagpost, owner, rita!, ron!, walt!);
    await scene.demand('online', true, ['rita', 'Ron']);
    return scene;
  }

  stop(): Promise<void> {
    return this.flagpost.stop();
  }

  /** Sets whether an environment demands approvals. */
  demand(environmentKey: string, enable: boolean, reviewers: string[]): Promise<Json> {
    const approvalSettings = [{ environmentKey, enable, reviewers }];
    return this.owner.ok('PATCH', '/api/projects/shop/approvalSettings', { approvalSettings });
  }

  /** Makes a toggle that nobody else uses. */
  async place(name?: string): Promise<Place> {
    this.#toggles += 1;
    const key = `toggle-${this.#toggles}`;
    await this.owner.ok('POST', '/api/projects/shop/toggles', {
      key,
      name: name ?? key,
      clientAvailability: true,
      returnType: 'boolean',
      disabledServe: 0,
      variations: VARIATIONS,
    });
    return new Place(key);
  }

  /** Makes a toggle with a pending approval, submitted by walt. */
  async pending(): Promise<Place> {
    const place = await this.place();
    await this.ok(place.submit(this.walt));
    return place;
  }

  /** Expects 200; answers the body. */
  async ok(answer: Promise<Answer>): Promise<Json> {
    const { status, body } = await answer;
    if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** The toggle's events since its creation, oldest first. */
  async events({ key }: Place): Promise<Json[]> {
    const feed = await this.owner.ok('GET', `/api/events?projectKey=shop&toggleKey=${key}&limit=100`);
    return feed.content.toReversed().slice(1);
  }
}
