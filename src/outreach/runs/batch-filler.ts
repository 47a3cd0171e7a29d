import { Injectable } from '@nestjs/common';
import { BatchRepository, type NewBatch } from './batch.repository.js';
import { Recipients } from './recipients.js';
import type { Batch, Run } from './run.js';

/** Where users go. */
export interface Placement {
  /** Index of the campaign's step. */
  readonly step: number;
  readonly touchpointId: number;
  /** Users in one request, at most. */
  readonly size: number;
}

/** A batch being filled. */
interface Filling {
  readonly number: number;
  readonly isNew: boolean;
  readonly before: number;
  readonly gids: number[];
}

/**
 * Puts users into batches of a run: the last one of the step that has room and was not handed over is filled first, so that pieces make as
 * few batches as one long list would. Which one that is stands in the run (`filling`) and commits with it.
 */
@Injectable()
export class BatchFiller {
  constructor(
    private readonly batches: BatchRepository,
    private readonly recipients: Recipients,
  ) {}

  /**
   * Adds users in the order given, in the open unit; the run is locked, and the caller saves it.
   * @param mayRepeat a user may be there already, or several times in the list: each time goes into another batch
   */
  async add(run: Run, placement: Placement, gids: readonly number[], mayRepeat: boolean): Promise<void> {
    if (gids.length === 0) return;
    const open = await this.#openBatch(run, placement);
    const known =
      open && mayRepeat ? await this.recipients.among(run.id, open.number, gids) : new Set<number>();
    const filled = distribute(run, placement, gids, open, new Set(known));
    await this.#write(run, placement, filled);
    const last = filled.at(-1);
    const isFull = !last || last.before + last.gids.length >= placement.size;
    while (run.filling.length <= placement.step) run.filling.push(0);
    run.filling[placement.step] = isFull ? 0 : last.number;
  }

  async #openBatch(run: Run, { step, touchpointId, size }: Placement): Promise<Batch | undefined> {
    const number = run.filling[step] ?? 0;
    if (number === 0) return undefined;
    const batch = await this.batches.find(run.id, number);
    const hasRoom = batch?.status === 'PENDING' && batch.touchpointId === touchpointId && batch.size < size;
    return hasRoom ? batch : undefined;
  }

  async #write(run: Run, { step, touchpointId }: Placement, filled: readonly Filling[]): Promise<void> {
    const added: NewBatch[] = [];
    for (const { number, isNew, gids } of filled) {
      if (isNew) added.push({ runId: run.id, number, touchpointId, step, size: gids.length });
      else if (gids.length > 0) await this.batches.grow(run.id, number, gids.length);
    }
    await this.batches.insert(added);
    await this.recipients.insert(
      run.id,
      run.projectId,
      filled.map(({ number, gids }) => ({ batch: number, gids })),
    );
  }
}

function distribute(
  run: Run,
  { size }: Placement,
  gids: readonly number[],
  open: Batch | undefined,
  known: Set<number>,
): Filling[] {
  const filled: Filling[] = [];
  let current: Filling | undefined;
  let members = known;
  if (open) {
    current = { number: open.number, isNew: false, before: open.size, gids: [] };
    filled.push(current);
  }
  for (const gid of gids) {
    if (!current || current.before + current.gids.length >= size || members.has(gid)) {
      current = { number: run.nextBatch, isNew: true, before: 0, gids: [] };
      run.nextBatch += 1;
      filled.push(current);
      members = new Set();
    }
    current.gids.push(gid);
    members.add(gid);
  }
  return filled;
}
