import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client.js';
import { waitFor } from '../support/wait-for.js';

export const PROJECT = 'shop';
export const TOGGLES = Array.from({ length: 16 }, (_, index) => `toggle-${index}`);

const CALLERS = 8;
const PAUSE_MS = 10;

const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];

/** A change that was asked for. */
export interface Change {
  /** Text that nothing else has; the change's event carries it in its data. */
  readonly marker: string;
  /** The request is sound; otherwise it must be refused. */
  readonly sound: boolean;
  /** The answer's status; undefined where none came. */
  status?: number;
}

type Request = readonly [method: string, path: string, body: unknown];

const targeting = (toggle: string): string =>
  `/api/projects/${PROJECT}/environments/online/toggles/${toggle}/targeting`;

const content = (marker: string, select = 1): unknown => ({
  rules: [
    {
      name: marker,
      conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
      serve: { select },
    },
  ],
  defaultServe: { select: 0 },
});

const newToggle = (key: string, name = key): unknown => ({
  key,
  name,
  clientAvailability: true,
  returnType: 'boolean',
  disabledServe: 0,
  variations: VARIATIONS,
});

/** What callers ask for, by how often; each carries the marker where the event of it would show it. */
const SOUND: readonly ((marker: string, toggle: string) => Request)[] = [
  (marker, toggle) => ['PATCH', targeting(toggle), { content: content(marker), disabled: false }],
  (marker, toggle) => ['PATCH', targeting(toggle), { content: content(marker), disabled: false }],
  (marker, toggle) => ['PATCH', targeting(toggle), { content: content(marker), disabled: true }],
  (marker) => ['PATCH', `/api/projects/${PROJECT}`, { description: marker }],
  (marker) => ['POST', `/api/projects/${PROJECT}/toggles`, newToggle(marker)],
];

const REFUSED: readonly ((marker: string, toggle: string) => Request)[] = [
  // Toggles are at version 2 or above before the load begins.
  (marker, toggle) => ['PATCH', targeting(toggle), { content: content(marker), baseVersion: 1 }],
  (marker, toggle) => ['PATCH', targeting(toggle), { content: content(marker, 99), disabled: false }],
  (marker, toggle) => ['POST', `/api/projects/${PROJECT}/toggles`, newToggle(toggle, marker)],
];

/** Callers that change things over the API, for as long as the server is up, and remember what they were told. */
export class Load {
  readonly changes: Change[] = [];
  #open = false;
  #ended = false;
  #callers: Promise<void>[] = [];

  constructor(private readonly client: ApiClient) {}

  /** What the load works on; the toggles at version 2. */
  async prepare(): Promise<void> {
    await this.client.ok('POST', '/api/projects', { key: PROJECT, name: 'Shop' });
    for (const toggle of TOGGLES) {
      await this.client.ok('POST', `/api/projects/${PROJECT}/toggles`, newToggle(toggle));
      await this.client.ok('PATCH', targeting(toggle), { content: content('first'), disabled: false });
    }
  }

  start(): void {
    this.#callers = Array.from({ length: CALLERS }, () => this.#call());
  }

  /** Lets callers call: the server is up. */
  open(): void {
    this.#open = true;
  }

  /** Holds further calls back; those under way go on. */
  close(): void {
    this.#open = false;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#callers);
  }

  /** Waits until so many more changes were made. */
  async progress(count: number): Promise<void> {
    const made = (): number => this.changes.filter(({ status }) => status === 200).length;
    const goal = made() + count;
    await waitFor(() => made() >= goal, `${count} changes`);
  }

  /** Many sound changes at once. */
  async burst(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#send(true)));
  }

  async #call(): Promise<void> {
    while (!this.#ended) {
      if (this.#open) await this.#send(Math.random() > 0.15);
      await delay(PAUSE_MS * (0.5 + Math.random()));
    }
  }

  async #send(sound: boolean): Promise<void> {
    const marker = `m${String(this.changes.length).padStart(6, '0')}`;
    const change: Change = { marker, sound };
    this.changes.push(change);
    const [method, path, body] = pick(sound ? SOUND : REFUSED)(marker, pick(TOGGLES));
    try {
      change.status = (await this.client.call(method, path, body)).status;
    } catch {
      // No answer: the server was killed meanwhile.
    }
  }
}

/** The markers in a JSON text. */
export function markersIn(text: string): string[] {
  return text.match(/\bm\d{6}\b/g) ?? [];
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)]!;
}
