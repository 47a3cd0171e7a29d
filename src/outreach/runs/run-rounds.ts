import { Injectable } from '@nestjs/common';
import { Log } from '../../platform/log/logger.js';
import { Campaigns } from '../campaigns/campaign.js';
import { ReceiptPolls } from './receipt-polls.js';
import { RunRepository } from './run.repository.js';
import { RunStarter } from './run-starter.js';
import { RunSteps } from './run-steps.js';

/** Goes through all that there is to do for campaigns. All runs get on evenly: a step of each, then a step of each again. */
@Injectable()
export class RunRounds {
  #turn = 0;

  constructor(
    private readonly starter: RunStarter,
    private readonly polls: ReceiptPolls,
    private readonly runs: RunRepository,
    private readonly campaigns: Campaigns,
    private readonly steps: RunSteps,
    private readonly log: Log,
  ) {}

  /**
   * One round.
   * @param shouldStop asked before each step
   * @returns whether anything got on
   */
  async goRound(shouldStop: () => boolean = () => false): Promise<boolean> {
    await this.#attempt('campaigns could not be begun', () => this.starter.startDue());
    let moved = (await this.#attempt('receipts could not be asked for', () => this.polls.poll())) ?? false;
    const runs = await this.runs.listActive();
    const campaigns = await this.campaigns.load([...new Set(runs.map(({ campaignId }) => campaignId))]);
    const endLost = (): Promise<boolean> => this.steps.endLost(runs);
    moved = (await this.#attempt('lost batches could not be ended', endLost)) || moved;
    // Each round begins with another run: where an endpoint has room for one only, it is not always the same.
    this.#turn += 1;
    for (let index = 0; index < runs.length && !shouldStop(); index += 1) {
      const run = runs[(index + this.#turn) % runs.length];
      if (!run) continue;
      const what = `a step of run ${run.id} failed, it will be repeated`;
      const step = (): Promise<boolean> => this.steps.advance(run, campaigns.get(run.campaignId));
      moved = (await this.#attempt(what, step)) || moved;
    }
    return moved;
  }

  /** What fails doesn't keep the rest from getting on. */
  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.log.error({ err: error }, what);
      return undefined;
    }
  }
}
