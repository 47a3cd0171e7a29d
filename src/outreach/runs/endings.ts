import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import type { Reading } from '../requests/answers.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import type { Concerned } from './batch-contexts.js';
import { BatchEnds, type Ending, type PollTimes } from './batch-ends.js';
import { canceledOutcome, outcomeOf } from './batch-outcome.js';
import { firstPoll, nextPollAt } from './receipt-times.js';
import { Recipients } from './recipients.js';
import type { Batch } from './run.js';
import { TouchTriggers } from './triggers/touch-triggers.js';

/** Users that are in memory at once, about. */
const USERS_AT_ONCE = 8_000;

/** Batches that are ended at once. */
const BATCHES_AT_ONCE = 250;

const GONE = 'the touchpoint is gone';
const NOT_ASYNCHRONOUS = 'the touchpoint has no receipts that could be waited for';

/** What an answer says of a batch; undefined: nothing is known of it. */
export type BatchReader = (
  touchpoint: Touchpoint,
  batch: Batch,
  gids: ReadonlySet<number>,
) => Reading | undefined;

/** Ends batches, or has them wait on, by what was read or decided of them. They are locked; needs an open unit. */
@Injectable()
export class Endings {
  constructor(
    private readonly recipients: Recipients,
    private readonly ends: BatchEnds,
    private readonly touches: TouchTriggers,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Each batch as the answer to its request says. */
  async read(concerned: readonly Concerned[], read: BatchReader): Promise<void> {
    await this.#end(
      concerned,
      (one) => namesUsers(one),
      ({ touchpoint, batch }, gids) => (touchpoint ? read(touchpoint, batch, gids) : failed(GONE)),
    );
  }

  /** All who are open in these batches have failed for this reason, or are handed on. */
  async fail(concerned: readonly Concerned[], reason: string): Promise<void> {
    await this.#end(
      concerned,
      ({ handsOn }) => handsOn,
      () => failed(reason),
    );
  }

  /** All who are open in these batches are not sent to any more. */
  async cancel(concerned: readonly Concerned[], reason: string): Promise<void> {
    const endings = concerned.map(({ run, campaign, batch }) => ({
      run,
      campaign,
      outcome: canceledOutcome(batch, reason),
    }));
    await this.ends.write(endings, this.clock.now());
  }

  async #end(
    concerned: readonly Concerned[],
    needsUsers: (one: Concerned) => boolean,
    readingOf: (one: Concerned, gids: ReadonlySet<number>) => Reading | undefined,
  ): Promise<void> {
    const chunks = partsOf(concerned);
    for (const chunk of chunks) {
      const open = await this.#openOf(chunk.filter((one) => needsUsers(one)));
      const now = this.clock.now();
      const endings = chunk.flatMap((one) => {
        const gids = open.get(one.batch) ?? [];
        const reading = readingOf(one, new Set(gids));
        return reading ? [this.#endingOf(one, reading, gids, now)] : [];
      });
      await this.ends.write(endings, now);
      await this.touches.follow(endings, now);
      if (chunks.length > 1) await this.clock.breathe();
    }
  }

  async #openOf(concerned: readonly Concerned[]): Promise<ReadonlyMap<Batch, number[]>> {
    const found = new Map<Batch, number[]>();
    const runIds = new Set(concerned.map(({ batch }) => batch.runId));
    for (const runId of runIds) {
      const batches = concerned.map(({ batch }) => batch).filter((batch) => batch.runId === runId);
      const open = await this.recipients.open(
        runId,
        batches.map(({ number }) => number),
      );
      for (const batch of batches) found.set(batch, open.get(batch.number) ?? []);
    }
    return found;
  }

  #endingOf(one: Concerned, reading: Reading, open: readonly number[], now: number): Ending {
    const { run, campaign, touchpoint, batch, handsOn } = one;
    if (reading.kind === 'each' && reading.note !== undefined)
      this.log.debug({ run: run.id, batch: batch.number, note: reading.note }, 'an answer was read in part');
    const outcome = outcomeOf(batch, reading, { open, handsOn });
    if (outcome.status !== 'WAITING') return { run, campaign, outcome };
    const poll = touchpoint && this.#pollTimes(touchpoint, batch, now);
    if (poll) return { run, campaign, outcome, poll };
    const ended = withoutReceipts(reading);
    return { run, campaign, outcome: outcomeOf(batch, ended, { open, handsOn }) };
  }

  #pollTimes(touchpoint: Touchpoint, { pollUntil }: Batch, now: number): PollTimes | undefined {
    const { receiptPollMs } = this.settings;
    if (pollUntil === undefined) return firstPoll(touchpoint, receiptPollMs, now);
    return { pollAt: nextPollAt(touchpoint, pollUntil, receiptPollMs, now), pollUntil };
  }
}

function failed(reason: string): Reading {
  return { kind: 'all', result: { status: 'FAILED', reason } };
}

/** Of a touchpoint that was changed to synchronous receipts while a request was on the way. */
function withoutReceipts(reading: Reading): Reading {
  return reading.kind === 'each' ? { ...reading, missing: NOT_ASYNCHRONOUS } : failed(NOT_ASYNCHRONOUS);
}

/** Whether what comes of a batch may differ from user to user. An answer of a channel is one for all. */
function namesUsers({ touchpoint, handsOn }: Concerned): boolean {
  return handsOn || touchpoint?.kind === 'TOUCHPOINT';
}

/** Splits a list by how many users its batches have, and how many they are. */
function partsOf(concerned: readonly Concerned[]): Concerned[][] {
  const parts: Concerned[][] = [];
  let users = USERS_AT_ONCE;
  for (const one of concerned) {
    if (users >= USERS_AT_ONCE || (parts.at(-1)?.length ?? 0) >= BATCHES_AT_ONCE) {
      parts.push([]);
      users = 0;
    }
    parts.at(-1)?.push(one);
    users += one.batch.size;
  }
  return parts;
}
