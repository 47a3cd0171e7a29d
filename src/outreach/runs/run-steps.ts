import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { Campaign } from '../campaigns/campaign.js';
import { RunClosing } from './run-closing.js';
import { RunFinisher } from './run-finisher.js';
import { RunPlanning } from './run-planning.js';
import { Snapshot } from './snapshot.js';
import type { ActiveRun } from './run.js';

/** What is next for a run, each time in short units of work. */
@Injectable()
export class RunSteps {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly planning: RunPlanning,
    private readonly finisher: RunFinisher,
    private readonly closing: RunClosing,
    private readonly clock: Clock,
  ) {}

  /**
   * Moves a run on.
   * @param campaign as it is about now; undefined: gone
   * @returns whether it got on, so that there may be more to do at once
   */
  async advance(run: ActiveRun, campaign: Campaign | undefined): Promise<boolean> {
    const isOver = !campaign || campaign.status === 'CLOSED';
    if (run.phase === 'SENDING' && !run.hasOpen) return this.finisher.finish(run);
    return isOver ? this.closing.goOn(run.id) : this.#goOn(run, campaign);
  }

  async #goOn(run: ActiveRun, campaign: Campaign): Promise<boolean> {
    let moved = false;
    if (run.phase === 'SNAPSHOT') moved = await this.snapshot.takePiece(run.id);
    if (campaign.status !== 'RUNNING') return moved;
    // Not of a paused one, whose end can be put off.
    const { endsAt = Infinity } = campaign;
    if (run.phase === 'OPEN' && endsAt <= this.clock.now()) moved = await this.finisher.endIntake(run.id);
    return (run.hasPending && (await this.planning.plan(run, campaign))) || moved;
  }
}
