import type { ApiClient, Answer, Json } from './api-client.js';
import { waitFor } from './wait-for.js';

/** Statuses after which nothing more comes. */
const ENDED = ['FINISHED', 'CLOSED'];

/** A project with profiles, segments, touchpoints and campaigns, made through the API. */
export class OutreachScene {
  private constructor(
    readonly client: ApiClient,
    readonly projectKey: string,
  ) {}

  static async open(client: ApiClient, projectKey = 'shop'): Promise<OutreachScene> {
    await client.ok('POST', '/api/projects', { key: projectKey, name: `Project ${projectKey}` });
    return new OutreachScene(client, projectKey);
  }

  /** Of a project that is there already. */
  static of(client: ApiClient, projectKey: string): OutreachScene {
    return new OutreachScene(client, projectKey);
  }

  get path(): string {
    return `/api/projects/${this.projectKey}`;
  }

  profile(profile: object): Promise<Json> {
    return this.client.ok('POST', `${this.path}/profiles`, profile);
  }

  /** Imports rows as NDJSON; answers the report. */
  async import(rows: Iterable<object>): Promise<Json> {
    const text = [...rows].map((row) => JSON.stringify(row)).join('\n');
    const client = this.client.as({ ...this.client.headers, 'Content-Type': 'application/x-ndjson' });
    const answer = await client.raw('POST', `${this.path}/profiles/import`, text);
    if (answer.status !== 200) throw new Error(`The import answered ${JSON.stringify(answer)}`);
    return answer.body;
  }

  track(events: readonly object[]): Promise<Json> {
    return this.client.ok('POST', `${this.path}/profiles/events`, events);
  }

  /** A published segment: users for whom all of these attributes have that value. Answers its key. */
  async segment(key: string, wanted: Readonly<Record<string, string>>): Promise<string> {
    await this.client.ok('POST', `${this.path}/segments`, { key, name: `Name of ${key}` });
    const conditions = Object.entries(wanted).map(([subject, value]) => ({
      type: 'string',
      subject,
      predicate: 'is one of',
      objects: [value],
    }));
    const rules = [{ name: 'all of it', conditions }];
    await this.client.ok('PATCH', `${this.path}/segments/${key}/publish`, { rules });
    return key;
  }

  /** A touchpoint that campaigns of the project may use; answers it. */
  async touchpoint(touchpoint: object): Promise<Json> {
    const { id } = await this.client.ok('POST', '/api/touchpoints', touchpoint);
    return this.client.ok('PATCH', `/api/touchpoints/${id}/spaces`, { projectKeys: [this.projectKey] });
  }

  campaign(campaign: object): Promise<Json> {
    return this.client.ok('POST', `${this.path}/campaigns`, campaign);
  }

  /** Made and put online; answers its path. */
  async launch(campaign: object): Promise<string> {
    const { id } = await this.campaign(campaign);
    const path = `${this.path}/campaigns/${id}`;
    await this.client.ok('PATCH', `${path}/publish`);
    return path;
  }

  publish(id: number): Promise<Answer> {
    return this.client.patch(`${this.path}/campaigns/${id}/publish`);
  }

  stats(path: string): Promise<Json> {
    return this.client.ok('GET', `${path}/stats`);
  }

  /** Waits until a campaign has ended; answers its statistics. */
  async end(path: string, limitMs = 60_000): Promise<Json> {
    const hasEnded = async (): Promise<boolean> =>
      ENDED.includes((await this.client.ok('GET', path)).status as string);
    await waitFor(hasEnded, `campaign ${path} to end`, limitMs);
    return this.stats(path);
  }

  /** All recipients, whatever their number. */
  async recipients(path: string): Promise<Json[]> {
    const all: Json[] = [];
    for (let pageIndex = 0; ; pageIndex += 1) {
      const page = await this.client.ok('GET', `${path}/recipients?pageSize=1000&pageIndex=${pageIndex}`);
      all.push(...page.content);
      if (page.last) return all;
    }
  }
}
