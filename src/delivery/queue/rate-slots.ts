import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { inList, UnitOfWork } from '../../platform/database/index.js';

/** Slots are given out this far ahead, so that one claim serves for several sends, milliseconds. */
const AHEAD_MS = 100;

/** None are given out while as much as this is given out already: a look takes several where there are several. */
const ENOUGH_MS = AHEAD_MS / 2;

/** By so much the clocks of several processes may differ, milliseconds. */
const SKEW_MS = 1_000;

/**
 * A slot that is given out no later than this after its time is kept, and sent at once: what follows stays on its beat, and of a second
 * no more than a twentieth is made up for. Milliseconds.
 */
const LATE_MS = 50;

/** What asks for slots. */
export interface RateLimited {
  readonly endpointId: number;
  /** In the costs of messages. */
  readonly maxPerSecond: number;
  /** How long this process is busy with slots it has, milliseconds. */
  readonly busyForMs: number;
}

/**
 * The instants at which an endpoint with a rate limit may be sent to, taken one after the other: each begins when the one before, which
 * is as long as its message costs, is over. Microseconds: a thousand a second are a millisecond apart.
 */
export class SlotRow {
  /** How many claims are worth looking for: as many as could take a slot if each cost as much as the last one did. */
  readonly expected: number;
  readonly endpointId: number;
  readonly #spacingUs: number;
  readonly #endUs: number;
  #nextUs: number;
  #lastCost: number;
  #taken = 0;
  #refused = false;

  constructor(
    { endpointId, maxPerSecond }: Pick<RateLimited, 'endpointId' | 'maxPerSecond'>,
    firstUs: number,
    nowUs: number,
    lastCost: number,
  ) {
    this.endpointId = endpointId;
    this.#spacingUs = 1_000_000 / maxPerSecond;
    this.#nextUs = firstUs;
    this.#lastCost = lastCost;
    this.#endUs = nowUs + AHEAD_MS * 1000;
    const couldBegin = Math.floor((this.#endUs - firstUs) / (this.#spacingUs * lastCost)) + 1;
    this.expected = firstUs > nowUs + ENOUGH_MS * 1000 ? 0 : couldBegin;
  }

  /** Takes the next slot; answers when it begins, epoch milliseconds. Undefined: too far ahead, and so are all after it. */
  take(cost: number): number | undefined {
    if (this.expected === 0 || this.#nextUs > this.#endUs) {
      this.#refused = true;
      return undefined;
    }
    const atUs = Math.round(this.#nextUs);
    this.#nextUs += cost * this.#spacingUs;
    this.#lastCost = cost;
    this.#taken += 1;
    return atUs / 1000;
  }

  get isTouched(): boolean {
    return this.#taken > 0;
  }

  /** Whether there may be more to send than it had slots for. With slots to spare something else held it up, and will say so itself. */
  get isSpent(): boolean {
    return this.#refused || this.#taken >= this.expected;
  }

  /** When the slot after those that were taken begins, epoch microseconds. */
  get nextUs(): number {
    return Math.round(this.#nextUs);
  }

  /** What the last slot that was taken costs, now or before. */
  get lastCost(): number {
    return this.#lastCost;
  }
}

/**
 * Gives out send instants to endpoints that have a rate limit, each a time after the one before that its message's cost says, for all
 * processes together: the next free instant stands in the endpoint's row, locked from the look at it to the commit. Needs an open unit.
 */
@Injectable()
export class RateSlots {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** The slots each of these may take now, by endpoint. */
  async look(limited: readonly RateLimited[]): Promise<Map<number, SlotRow>> {
    if (limited.length === 0) return new Map();
    const lock = this.unitOfWork.dialect.locksRows ? 'FOR UPDATE' : '';
    const ids = inList(
      limited.map(({ endpointId }) => endpointId),
      this.unitOfWork.dialect,
    );
    const rows = (await this.unitOfWork.manager.query(
      `SELECT id, next_slot_us, slot_cost FROM endpoint WHERE id IN ${ids.sql} ORDER BY id ${lock}`,
      ids.values,
    )) as { id: number; next_slot_us: number | string | null; slot_cost: number }[];
    const known = new Map(rows.map((row) => [row.id, row]));
    return new Map(
      limited.map((one) => {
        const row = known.get(one.endpointId);
        return [one.endpointId, this.#row(one, Number(row?.next_slot_us ?? 0), row?.slot_cost ?? 1)];
      }),
    );
  }

  /** Writes down what was taken of these. */
  async keep(rows: Iterable<SlotRow>): Promise<void> {
    for (const { endpointId, isTouched, nextUs, lastCost } of rows)
      if (isTouched)
        await this.unitOfWork.manager.query(
          'UPDATE endpoint SET next_slot_us = ?, slot_cost = ? WHERE id = ?',
          [nextUs, lastCost, endpointId],
        );
  }

  /** When slots are given out again, epoch milliseconds: soon enough to leave none unused. */
  lookAgainAt({ nextUs }: SlotRow): number {
    return Math.ceil(nextUs / 1000 - ENOUGH_MS);
  }

  #row(limited: RateLimited, nextUs: number, lastCost: number): SlotRow {
    const nowUs = this.clock.now() * 1000;
    // No slot begins further ahead than that, so none is over later: the clock went back, or the limit was raised.
    const overUs = nowUs + (AHEAD_MS + SKEW_MS) * 1000 + (lastCost * 1_000_000) / limited.maxPerSecond;
    const plausible = nextUs <= overUs ? nextUs : 0;
    const freeUs = nowUs + limited.busyForMs * 1000;
    const isLate = plausible < freeUs && freeUs - plausible <= LATE_MS * 1000;
    return new SlotRow(limited, isLate ? plausible : Math.max(plausible, freeUs), nowUs, lastCost);
  }
}
