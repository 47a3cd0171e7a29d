import { Injectable } from '@nestjs/common';
import { windowOf, type Part } from './list-window.js';
import { RecipientRows, type BatchKey, type RecipientRow, type RecipientStatus } from './recipient-rows.js';

/** Which recipients of a campaign are wanted; absent members don't narrow. */
export interface RecipientCriteria {
  readonly status?: RecipientStatus;
  readonly runId?: number;
  readonly gid?: number;
}

/** A run whose recipients are listed. */
export interface ListedRun {
  readonly id: number;
  readonly nextBatch: number;
}

export interface RecipientStretch {
  readonly rows: readonly RecipientRow[];
  /** How many there are on all pages. */
  readonly total: number;
}

/**
 * Finds pages of recipients. Batches know how many of their recipients have which status, so a page deep in a list of hundreds of thousands
 * is found by adding up, and only the batches it touches are read.
 */
@Injectable()
export class RecipientList {
  constructor(private readonly recipients: RecipientRows) {}

  /** @param runs in the order in which they are listed */
  async find(
    runs: readonly ListedRun[],
    { status }: RecipientCriteria,
    offset: number,
    limit: number,
  ): Promise<RecipientStretch> {
    const blocks: Part<BatchKey>[] = [];
    for (const { id, nextBatch } of runs)
      blocks.push(...(await this.recipients.countBlocks(id, nextBatch, status)));
    const inBlocks = windowOf(blocks, offset, limit);
    const batches: Part<BatchKey>[] = [];
    for (const block of inBlocks.keys) batches.push(...(await this.recipients.countBatches(block, status)));
    const { keys, skip } = windowOf(batches, inBlocks.skip, limit);
    const rows: RecipientRow[] = [];
    for (const [runId, numbers] of byRun(keys))
      rows.push(...(await this.recipients.inBatches(runId, numbers, status)));
    return { rows: rows.slice(skip, skip + limit), total: blocks.reduce((sum, { count }) => sum + count, 0) };
  }
}

function byRun(keys: readonly BatchKey[]): Map<number, number[]> {
  const runs = new Map<number, number[]>();
  for (const { runId, number } of keys) runs.set(runId, [...(runs.get(runId) ?? []), number]);
  return runs;
}
