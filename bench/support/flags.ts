import type { Api } from './api.js';

const VARIATIONS = [
  { value: 'false', name: 'off', description: 'the old way' },
  { value: 'true', name: 'on', description: 'the new way' },
];

/** How many calls are under way at once where order doesn't matter. */
const CALLERS = 4;

const MAX_PAGE = 1000;

const CITIES: readonly string[] = ['Paris', 'Lyon', 'Nice'];

/** Makes, through the API, what measurements change. */
export class Flags {
  constructor(private readonly api: Api) {}

  async project(key: string): Promise<void> {
    await this.api.call('POST', '/api/projects', {
      name: `Project ${key}`,
      key,
      description: 'for a measurement',
    });
  }

  async toggle(project: string, key: string): Promise<void> {
    await this.api.call('POST', `/api/projects/${project}/toggles`, {
      name: `Toggle ${key}`,
      key,
      desc: 'Sends a part of the users to the new checkout; made for a measurement.',
      tags: [],
      clientAvailability: true,
      returnType: 'boolean',
      variations: VARIATIONS,
      disabledServe: 0,
      permanent: false,
    });
  }

  /** Makes toggles `prefix0`, `prefix1` and so on, several at once; answers their keys. */
  async toggles(project: string, prefix: string, count: number): Promise<string[]> {
    const keys = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    await severalAtOnce(keys, (key) => this.toggle(project, key));
    return keys;
  }

  /** Publishes a change of what the toggle serves, to people in these cities; each turn serves another split. */
  async publish(project: string, toggle: string, turn: number, cities = CITIES): Promise<void> {
    const first = turn % 10_000;
    await this.api.call('PATCH', `/api/projects/${project}/environments/online/toggles/${toggle}/targeting`, {
      comment: `turn ${turn}`,
      disabled: false,
      content: {
        rules: [
          {
            name: 'in these cities',
            conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: cities }],
            serve: { select: 1 },
          },
        ],
        disabledServe: { select: 0 },
        defaultServe: { split: [first, 10_000 - first] },
        variations: VARIATIONS,
        prerequisites: [],
      },
    });
  }

  /**
   * Publishes so many changes as fast as several callers can, to these toggles in turn. With a number of toggles that the callers
   * divide evenly, each toggle is always the same caller's: two at once on one toggle would be a conflict.
   */
  async publishMany(project: string, toggles: readonly string[], changes: number): Promise<void> {
    const publisher = async (first: number): Promise<void> => {
      for (let turn = first; turn < changes; turn += CALLERS)
        await this.publish(project, toggles[turn % toggles.length] ?? '', turn);
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, caller) => publisher(caller)));
  }

  /** Makes a webhook; answers its id. */
  async webhook(name: string, url: string, options: Record<string, unknown> = {}): Promise<number> {
    const made = await this.api.call('POST', '/api/webhooks', { name, url, ...options });
    return (made as { id: number }).id;
  }

  /** Makes webhooks alike, several at once, at `url0`, `url1` and so on. */
  async webhooks(
    name: string,
    url: string,
    count: number,
    options: Record<string, unknown> = {},
  ): Promise<void> {
    const indexes = Array.from({ length: count }, (_, index) => index);
    await severalAtOnce(indexes, async (index) => {
      await this.webhook(`${name} ${index}`, `${url}${index}`, options);
    });
  }

  async removeWebhooks(): Promise<void> {
    const page = await this.api.call('GET', `/api/webhooks?pageSize=${MAX_PAGE}`);
    const { content } = page as { content: { id: number }[] };
    await severalAtOnce(content, async ({ id }) => {
      await this.api.call('DELETE', `/api/webhooks/${id}`);
    });
  }

  async setWebhookStatus(id: number, status: 'ENABLE' | 'DISABLE'): Promise<void> {
    await this.api.call('PATCH', `/api/webhooks/${id}`, { status });
  }
}

async function severalAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const caller = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}
