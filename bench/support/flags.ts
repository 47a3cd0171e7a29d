import type { Api } from './api.js';

const VARIATIONS = [
  { value: 'false', name: 'off', description: 'the old way' },
  { value: 'true', name: 'on', description: 'the new way' },
];

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
    const left = keys[Symbol.iterator]();
    const maker = async (): Promise<void> => {
      for (const key of left) await this.toggle(project, key);
    };
    await Promise.all(Array.from({ length: 4 }, maker));
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

  /** Makes a webhook; answers its id. */
  async webhook(name: string, url: string, options: Record<string, unknown> = {}): Promise<number> {
    const made = await this.api.call('POST', '/api/webhooks', { name, url, ...options });
    return (made as { id: number }).id;
  }

  async setWebhookStatus(id: number, status: 'ENABLE' | 'DISABLE'): Promise<void> {
    await this.api.call('PATCH', `/api/webhooks/${id}`, { status });
  }
}
