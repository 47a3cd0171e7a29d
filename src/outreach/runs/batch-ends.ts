import { Injectable } from '@nestjs/common';
import { inList, UnitOfWork } from '../../platform/database/index.js';
import type { Campaign } from '../campaigns/campaign.js';
import { BatchFiller } from './batch-filler.js';
import type { Outcome } from './batch-outcome.js';
import { Placements } from './placements.js';
import { Recipients } from './recipients.js';
import { RunMetrics } from './run-metrics.js';
import { RunRepository } from './run.repository.js';
import { FINAL_STATUSES, type Run } from './run.js';

/** When a batch that waits for receipts is looked at again, and when it is given up; epoch milliseconds. */
export interface PollTimes {
  readonly pollAt: number;
  readonly pollUntil: number;
}

/** An outcome with what its batch belongs to. */
export interface Ending {
  readonly run: Run;
  /** Undefined: it is gone, and nobody is handed on. */
  readonly campaign: Campaign | undefined;
  readonly outcome: Outcome;
  /** Of one that waits. */
  readonly poll?: PollTimes;
}

/** Writes what becomes of batches, and hands on who failed to the next touchpoint. Needs an open unit. */
@Injectable()
export class BatchEnds {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly recipients: Recipients,
    private readonly filler: BatchFiller,
    private readonly placements: Placements,
    private readonly runs: RunRepository,
    private readonly metrics: RunMetrics,
  ) {}

  /**
   * The batches are locked and as the outcomes found them; so are the runs of those who hand users on. A batch that succeeds like many
   * others shares one statement with them.
   */
  async write(endings: readonly Ending[], now: number): Promise<void> {
    for (const group of groupAlike(endings)) await this.#update(group, now);
    for (const [projectId, own] of ownByProject(endings)) await this.recipients.setOwn(projectId, own, now);
    await this.#handOn(endings.filter(({ outcome }) => outcome.handedOn.length > 0));
    this.unitOfWork.afterCommit(() => this.metrics.count(endings.map(({ outcome }) => outcome)));
  }

  async #update([first, ...others]: readonly [Ending, ...Ending[]], now: number): Promise<void> {
    const { outcome, poll } = first;
    const { batch, status, reason, succeeded, failed, passed, canceled, failures } = outcome;
    const isFinal = (FINAL_STATUSES as readonly string[]).includes(status);
    const numbers = [batch.number, ...others.map((other) => other.outcome.batch.number)];
    const list = inList(numbers, this.unitOfWork.dialect);
    await this.unitOfWork.manager.query(
      `UPDATE reach_batch SET status = ?, reason = ?, succeeded = ?, failed = ?, passed = ?, canceled = ?, failures = ?,
              finished_at = ?, poll_at = ?, poll_until = ? WHERE run_id = ? AND number IN ${list.sql}`,
      [
        status,
        reason ?? null,
        succeeded,
        failed,
        passed,
        canceled,
        Object.keys(failures).length === 0 ? null : JSON.stringify(failures),
        isFinal ? now : null,
        poll?.pollAt ?? null,
        poll?.pollUntil ?? null,
        batch.runId,
        ...list.values,
      ],
    );
  }

  async #handOn(endings: readonly Ending[]): Promise<void> {
    const touched = new Map<number, Run>();
    for (const { run, campaign, outcome } of endings) {
      const step = outcome.batch.step + 1;
      const placement = campaign && (await this.placements.of(campaign, step));
      if (!placement) throw new Error(`Run ${run.id} has no step ${step} to hand users on to`);
      const locked = touched.get(run.id) ?? run;
      await this.filler.add(locked, placement, outcome.handedOn, true);
      touched.set(run.id, locked);
    }
    for (const run of touched.values()) await this.runs.save(run);
  }
}

/** Groups endings that write the same into batches of one run; mostly there is one. */
function groupAlike(endings: readonly Ending[]): [Ending, ...Ending[]][] {
  const groups = new Map<string, [Ending, ...Ending[]]>();
  for (const ending of endings) {
    const { outcome, poll } = ending;
    const { batch, status, reason, succeeded, failed, passed, canceled, failures } = outcome;
    const key = JSON.stringify([
      batch.runId,
      status,
      reason,
      succeeded,
      failed,
      passed,
      canceled,
      failures,
      poll,
    ]);
    const group = groups.get(key);
    if (group) group.push(ending);
    else groups.set(key, [ending]);
  }
  return [...groups.values()];
}

function ownByProject(
  endings: readonly Ending[],
): Map<number, { runId: number; batch: number; results: Outcome['own'] }[]> {
  const byProject = new Map<number, { runId: number; batch: number; results: Outcome['own'] }[]>();
  for (const { run, outcome } of endings) {
    if (outcome.own.length === 0) continue;
    const list = byProject.get(run.projectId) ?? [];
    list.push({ runId: run.id, batch: outcome.batch.number, results: outcome.own });
    byProject.set(run.projectId, list);
  }
  return byProject;
}
