import { Injectable } from '@nestjs/common';
import { MemberDirectory } from '../members/index.js';
import { Clock } from '../platform/clock/clock.js';
import { Log } from '../platform/log/logger.js';

/** A member's calls within this time count as one visit, so that reading costs no write. */
const VISIT_MS = 60_000;

/** Keeps the time of each member's last visit, to the minute. */
@Injectable()
export class Visits {
  /** When this process last noted each member; as many entries as there are members. */
  readonly #noted = new Map<number, number>();

  constructor(
    private readonly members: MemberDirectory,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Never fails: a visit that can't be noted is no reason to refuse a call. */
  async note(memberId: number): Promise<void> {
    const now = this.clock.now();
    const last = this.#noted.get(memberId);
    if (last !== undefined && Math.abs(now - last) < VISIT_MS) return;
    this.#noted.set(memberId, now);
    try {
      await this.members.noteVisit(memberId);
    } catch (error) {
      this.log.warn({ err: error, memberId }, 'visit not noted');
    }
  }
}
