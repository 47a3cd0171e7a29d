import { Readable } from 'node:stream';
import type { Api } from './api.js';

/** Profiles that are imported with one call. */
const PER_IMPORT = 100_000;

/** A project with profiles, half of whom are in its one segment. */
export class Audience {
  static readonly segment = 'gold';

  constructor(
    private readonly api: Api,
    readonly project: string,
  ) {}

  get path(): string {
    return `/api/projects/${this.project}`;
  }

  /** Makes the project, its profiles and the segment. */
  async make(profiles: number): Promise<void> {
    await this.api.call('POST', '/api/projects', { key: this.project, name: `Project ${this.project}` });
    for (let first = 0; first < profiles; first += PER_IMPORT) {
      const rows = rowsOf(first, Math.min(first + PER_IMPORT, profiles));
      await this.api.stream(`${this.path}/profiles/import`, 'application/x-ndjson', Readable.from(rows));
    }
    await this.api.call('POST', `${this.path}/segments`, { key: Audience.segment, name: 'Gold members' });
    const condition = { type: 'string', subject: 'vip', predicate: 'is one of', objects: ['gold'] };
    const rules = [{ name: 'gold', conditions: [condition] }];
    await this.api.call('PATCH', `${this.path}/segments/${Audience.segment}/publish`, { rules });
  }

  /** Makes a touchpoint that the project may use; answers its id. */
  async touchpoint(touchpoint: object): Promise<number> {
    const made = (await this.api.call('POST', '/api/touchpoints', {
      kind: 'TOUCHPOINT',
      type: 'BENEFIT',
      token: 'token-1',
      receipts: { mode: 'SYNC' },
      userAttributes: [
        { attribute: 'userId', name: 'memberId' },
        { attribute: 'phone', name: 'phone' },
      ],
      templateParams: [
        { name: 'amount', type: 'NUMBER' },
        { name: 'title', type: 'TEXT' },
      ],
      ...touchpoint,
    })) as { id: number };
    await this.api.call('PATCH', `/api/touchpoints/${made.id}/spaces`, { projectKeys: [this.project] });
    return made.id;
  }

  /** Puts a campaign online that sends to the whole segment at once; answers its path. */
  async launch(name: string, touchpointId: number): Promise<string> {
    const made = (await this.api.call('POST', `${this.path}/campaigns`, {
      name,
      segmentKey: Audience.segment,
      steps: [{ touchpointId }],
      templateValues: { amount: 100, title: 'A coupon for {{name|you}}' },
      trigger: { type: 'ONCE' },
    })) as { id: number };
    const path = `${this.path}/campaigns/${made.id}`;
    await this.api.call('PATCH', `${path}/publish`);
    return path;
  }

  async close(path: string): Promise<void> {
    await this.api.call('PATCH', `${path}/close`);
  }

  async statusOf(path: string): Promise<string> {
    return ((await this.api.call('GET', path)) as { status: string }).status;
  }

  async succeeded(path: string): Promise<number> {
    return ((await this.api.call('GET', `${path}/stats`)) as { succeeded: number }).succeeded;
  }
}

function* rowsOf(first: number, end: number): Generator<string> {
  for (let index = first; index < end; index += 1) {
    const attributes = {
      vip: index % 2 === 0 ? 'gold' : 'silver',
      name: `Member ${index}`,
      phone: `13${String(index).padStart(9, '0')}`,
      city: 'Paris',
    };
    yield `${JSON.stringify({ userId: `u-${index}`, attributes })}\n`;
  }
}
