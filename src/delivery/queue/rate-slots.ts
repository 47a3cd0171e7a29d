import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { inList } from './sql.js';

/** Slots are given out this far ahead, so that one claim serves for several sends, milliseconds. */
const AHEAD_MS = 100;

/** What asks for slots. */
export interface RateLimited {
  readonly endpointId: number;
  readonly maxPerSecond: number;
  /** How long this process is busy with slots it has, milliseconds. */
  readonly busyForMs: number;
}

/** The instants at which an endpoint with a rate limit may be sent to. Microseconds: a thousand a second are a millisecond apart. */
export class SlotRow {
  readonly spacingUs: number;

  constructor(
    readonly endpointId: number,
    maxPerSecond: number,
    private readonly firstUs: number,
    private readonly endUs: number,
  ) {
    this.spacingUs = 1_000_000 / maxPerSecond;
  }

  /** How many may be taken now. */
  get count(): number {
    return Math.max(Math.floor((this.endUs - this.firstUs) / this.spacingUs) + 1, 0);
  }

  /** The n-th slot, from 0, epoch milliseconds. */
  at(index: number): number {
    return this.usAt(index) / 1000;
  }

  usAt(index: number): number {
    return Math.round(this.firstUs + index * this.spacingUs);
  }
}

/**
 * Gives out send instants to endpoints that have a rate limit, each a fixed time after the one before, for all processes together: the
 * next free instant stands in the endpoint's row, locked from the look at it to the commit. Needs an open unit.
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
      `SELECT id, next_slot_us FROM endpoint WHERE id IN ${ids.sql} ORDER BY id ${lock}`,
      ids.values,
    )) as { id: number; next_slot_us: number | null }[];
    const nextUs = new Map(rows.map((row) => [row.id, Number(row.next_slot_us ?? 0)]));
    return new Map(limited.map((one) => [one.endpointId, this.#row(one, nextUs.get(one.endpointId) ?? 0)]));
  }

  /** Takes the first slots of a row. */
  async take(row: SlotRow, count: number): Promise<void> {
    await this.unitOfWork.manager.query('UPDATE endpoint SET next_slot_us = ? WHERE id = ?', [
      row.usAt(count),
      row.endpointId,
    ]);
  }

  /** When a look is worth while again, epoch milliseconds: soon enough to leave no slot unused, late enough to take several. */
  lookAgainAt(row: SlotRow, taken: number): number {
    return Math.ceil(row.at(taken) - AHEAD_MS / 2);
  }

  #row({ endpointId, maxPerSecond, busyForMs }: RateLimited, nextUs: number): SlotRow {
    const nowUs = this.clock.now() * 1000;
    const endUs = nowUs + AHEAD_MS * 1000;
    // A slot further ahead than any claim gives out: the clock went back, or the limit was raised.
    const plausible = nextUs <= endUs + 1_000_000 / maxPerSecond ? nextUs : 0;
    return new SlotRow(endpointId, maxPerSecond, Math.max(plausible, nowUs + busyForMs * 1000), endUs);
  }
}
