import { expect } from 'vitest';
import type { Answer, ApiClient, Json } from './api-client.js';
import { VARIATIONS } from './approval-scene.js';

/** A date as the REST API writes it. */
export const ISO_DATE: unknown = expect.stringMatching(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/,
);

/** A date as webhook bodies write it. */
export const EPOCH_MS: unknown = expect.any(Number);

/** The names of an object's fields, sorted. */
export function fieldsOf(object: object): string[] {
  return Object.keys(object).toSorted();
}

/** A list of names as one text, to be compared with `fieldsOf`. */
export function names(text: string): string[] {
  return text.split(/[\s,]+/).toSorted();
}

/** Expects 400, this code, and a message in which each of the words stands. */
export function expectRefusal(answer: Answer, code: string, ...words: string[]): void {
  expect({ status: answer.status, code: answer.body?.code, fields: fieldsOf(answer.body ?? {}) }).toEqual({
    status: 400,
    code,
    fields: ['code', 'message'],
  });
  for (const word of words) expect(answer.body.message).toContain(word);
}

/** Expects 403 with FeatureProbe's body. */
export function expectForbidden({ status, body }: Answer): void {
  expect({ status, body }).toEqual({ status: 403, body: { code: 'forbidden', message: 'Forbidden' } });
}

/** Expects a page as Spring writes it, of `total` rows in all; answers the rows. */
export function rowsOf(page: Json, total?: number): Json[] {
  const sort = { empty: false, sorted: true, unsorted: false };
  const { content, number, size, totalElements } = page;
  const totalPages = Math.ceil(totalElements / size);
  expect(page).toEqual({
    content: expect.any(Array),
    pageable: {
      sort,
      offset: number * size,
      pageNumber: number,
      pageSize: size,
      paged: true,
      unpaged: false,
    },
    totalElements: total ?? expect.any(Number),
    totalPages,
    last: number >= totalPages - 1,
    first: number === 0,
    size,
    number,
    numberOfElements: content.length,
    sort,
    empty: content.length === 0,
  });
  return content;
}

/** A project to work in; its environment is `online`. */
export class Shop {
  #count = 0;

  private constructor(
    readonly owner: ApiClient,
    readonly key: string,
    /** The project as its creation answered it. */
    readonly created: Json,
  ) {}

  static async open(owner: ApiClient, key = 'shop'): Promise<Shop> {
    return new Shop(owner, key, await owner.ok('POST', '/api/projects', { key, name: `Project ${key}` }));
  }

  get path(): string {
    return `/api/projects/${this.key}`;
  }

  /** A key that nothing has yet. */
  freshKey(prefix = 'toggle'): string {
    this.#count += 1;
    return `${prefix}-${this.#count}`;
  }

  /** Makes a toggle, boolean unless told otherwise; answers its key. */
  async toggle(more: object = {}): Promise<string> {
    const key = this.freshKey();
    const { key: made } = await this.owner.ok('POST', `${this.path}/toggles`, {
      key,
      name: `Name of ${key}`,
      clientAvailability: true,
      returnType: 'boolean',
      disabledServe: 0,
      variations: VARIATIONS,
      ...more,
    });
    return made;
  }

  /** Path of what belongs to a toggle in an environment. */
  at(toggleKey: string, environmentKey = 'online'): string {
    return `${this.path}/environments/${environmentKey}/toggles/${toggleKey}`;
  }

  /** Path of a toggle's targeting. */
  targeting(toggleKey: string, environmentKey?: string): string {
    return `${this.at(toggleKey, environmentKey)}/targeting`;
  }

  publish(toggleKey: string, body: object, environmentKey?: string): Promise<Json> {
    return this.owner.ok('PATCH', this.targeting(toggleKey, environmentKey), body);
  }

  async segment(more: object = {}): Promise<string> {
    const key = this.freshKey('segment');
    await this.owner.ok('POST', `${this.path}/segments`, { key, name: `Name of ${key}`, ...more });
    return key;
  }

  environment(key: string, more: object = {}): Promise<Json> {
    return this.owner.ok('POST', `${this.path}/environments`, { key, name: `Name of ${key}`, ...more });
  }

  /** Lets an environment demand approvals. */
  demandApproval(environmentKey: string, reviewers: string[], enable = true): Promise<Json> {
    const approvalSettings = [{ environmentKey, enable, reviewers }];
    return this.owner.ok('PATCH', `${this.path}/approvalSettings`, { approvalSettings });
  }
}
