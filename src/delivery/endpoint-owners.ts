import { Injectable } from '@nestjs/common';
import type { DeliveryEnd, Endpoint, EndpointDirectory } from './endpoint-directory.js';
import type { EndpointKind } from './endpoint-kind.js';
import { EndpointRepository } from './endpoint.repository.js';

/** Kinds that are remembered; then those met first are forgotten. Two numbers each: some megabytes. */
const MAX_REMEMBERED = 100_000;

/**
 * Who owns which endpoints: features depend on the engine and not the other way round, so they say at the start which kinds are
 * theirs. The engine asks here, and is answered by the owners of the endpoints in question, each asked once.
 *
 * Whose an endpoint is never changes: it is looked up when an endpoint is met for the first time, and remembered.
 */
@Injectable()
export class EndpointOwners {
  readonly #directories = new Map<EndpointKind, EndpointDirectory>();
  readonly #kinds = new Map<number, EndpointKind>();

  constructor(private readonly endpoints: EndpointRepository) {}

  /**
   * To be called from `onModuleInit`: work begins once all modules are there.
   * @throws Error when a kind has an owner already
   */
  register(kinds: readonly EndpointKind[], directory: EndpointDirectory): void {
    for (const kind of kinds) {
      if (this.#directories.has(kind)) throw new Error(`Endpoints of the kind ${kind} have an owner already`);
      this.#directories.set(kind, directory);
    }
  }

  /**
   * The endpoints with these ids. Those that are gone or disabled, or whose owner is not a part of this process, are missing from the
   * answer. One statement for all ids that are met for the first time, besides what the owners need.
   */
  async load(ids: readonly number[]): Promise<ReadonlyMap<number, Endpoint>> {
    const groups = await this.#byOwner(ids, (id) => id);
    const answers: ReadonlyMap<number, Endpoint>[] = [];
    for (const [owner, own] of groups) answers.push(await owner.load(own));
    const [only] = answers;
    return only && answers.length === 1 ? only : new Map(answers.flatMap((answer) => [...answer]));
  }

  /** See `EndpointDirectory.disable`. Of no effect on an endpoint that is gone. */
  async disable(id: number, reason: string): Promise<void> {
    for (const [owner] of await this.#byOwner([id], (one) => one)) await owner.disable(id, reason);
  }

  /** See `EndpointDirectory.ended`: each owner is called once, with what is its. */
  async ended(ends: readonly DeliveryEnd[]): Promise<void> {
    for (const [owner, own] of await this.#byOwner(ends, ({ endpointId }) => endpointId))
      await owner.ended(own);
  }

  async #byOwner<T>(items: readonly T[], idOf: (item: T) => number): Promise<Map<EndpointDirectory, T[]>> {
    await this.#learn(items.map((item) => idOf(item)));
    const groups = new Map<EndpointDirectory, T[]>();
    for (const item of items) {
      const kind = this.#kinds.get(idOf(item));
      const owner = kind && this.#directories.get(kind);
      if (!owner) continue;
      const group = groups.get(owner);
      if (group) group.push(item);
      else groups.set(owner, [item]);
    }
    return groups;
  }

  async #learn(ids: readonly number[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#kinds.has(id));
    if (unknown.length === 0) return;
    const room = MAX_REMEMBERED - unknown.length;
    for (const id of this.#kinds.keys()) {
      if (this.#kinds.size <= room) break;
      if (!ids.includes(id)) this.#kinds.delete(id);
    }
    for (const [id, kind] of await this.endpoints.kindsOf(unknown)) this.#kinds.set(id, kind);
  }
}
