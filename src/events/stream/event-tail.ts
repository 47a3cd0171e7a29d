import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { UnitOfWork } from '../../platform/database/index.js';
import { Log } from '../../platform/log/logger.js';
import { EVENT_RECORDED, type DomainEvent } from '../domain-event.js';
import { EventRepository } from '../event.repository.js';

/** How often the database is asked for events that other processes committed, while somebody follows. */
const POLL_MS = 500;

/** Told the number of the newest committed event; may be told the same number again, or a smaller one late. */
export type Follower = (newest: number) => void;

/** A follower's place in the tail. */
export interface Following {
  /** Number of the newest event that was committed when following began; later ones are told. */
  readonly newest: number;
  /** Nothing is told any more. */
  readonly stop: () => void;
}

/**
 * Says how far each organization's feed has come. Commits of this process are told at once, those of other processes are found by
 * one small statement for all organizations that have followers; without followers nothing is asked.
 *
 * Number order is commit order (see `EventRepository.nextSequence`), so the newest number says all: every event up to it is
 * committed, and none will appear below it.
 */
@Injectable()
export class EventTail implements OnModuleDestroy {
  readonly #followers = new Map<number, Set<Follower>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventRepository,
    private readonly log: Log,
  ) {}

  /** Follows one organization's feed from now. Whatever is committed later is told, sooner or later, or told in `newest`. */
  async follow(organizationId: number, follower: Follower): Promise<Following> {
    const stop = (): void => this.#remove(organizationId, follower);
    this.#add(organizationId, follower);
    try {
      const newest = await this.events.newestSequences([organizationId]);
      return { newest: newest.get(organizationId) ?? 0, stop };
    } catch (error) {
      stop();
      throw error;
    }
  }

  @OnEvent(EVENT_RECORDED, { suppressErrors: false })
  tellAfterCommit({ organizationId, sequence }: DomainEvent): void {
    this.unitOfWork.afterCommit(() => this.#tell(organizationId, sequence));
  }

  onModuleDestroy(): void {
    this.#followers.clear();
    clearTimeout(this.#timer);
  }

  #add(organizationId: number, follower: Follower): void {
    if (this.#followers.size === 0) this.#schedule();
    const others = this.#followers.get(organizationId);
    if (others) others.add(follower);
    else this.#followers.set(organizationId, new Set([follower]));
  }

  #remove(organizationId: number, follower: Follower): void {
    const followers = this.#followers.get(organizationId);
    followers?.delete(follower);
    if (followers?.size === 0) this.#followers.delete(organizationId);
    if (this.#followers.size === 0) clearTimeout(this.#timer);
  }

  #tell(organizationId: number, newest: number): void {
    for (const follower of this.#followers.get(organizationId) ?? []) follower(newest);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  async #poll(): Promise<void> {
    try {
      const newest = await this.events.newestSequences([...this.#followers.keys()]);
      for (const [organizationId, sequence] of newest) this.#tell(organizationId, sequence);
    } catch (error) {
      this.log.warn({ err: error }, 'looking for new events failed, it will be repeated');
    }
    if (this.#followers.size > 0) this.#schedule();
  }
}
