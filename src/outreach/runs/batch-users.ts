import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { Campaign } from '../campaigns/campaign.js';
import { ProfileSource } from '../profiles/profile-source.js';
import type { Profile } from '../profiles/profile.js';
import type { BodyMaker } from '../requests/reach-bodies.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { BatchEnds } from './batch-ends.js';
import type { Outcome } from './batch-outcome.js';
import { HandOver, type Ready } from './hand-over.js';
import { Recipients } from './recipients.js';
import { openCountOf, type Batch, type OwnResult, type Run } from './run.js';

const DELETED = 'the profile is gone';

/** Makes requests of batches: looks up their users as they are now. Needs an open unit. */
@Injectable()
export class BatchUsers {
  constructor(
    private readonly profiles: ProfileSource,
    private readonly recipients: Recipients,
    private readonly handing: HandOver,
    private readonly ends: BatchEnds,
    private readonly clock: Clock,
  ) {}

  /**
   * Pending batches of a locked run go out. Users who are gone are canceled, and a batch of nobody but such with them.
   * @returns batches that can't go out, since their request would be too large
   */
  async handOver(
    run: Run,
    campaign: Campaign,
    { touchpoint, make }: { readonly touchpoint: Touchpoint; readonly make: BodyMaker },
    batches: readonly Batch[],
  ): Promise<Batch[]> {
    const members = await this.recipients.open(
      run.id,
      batches.map(({ number }) => number),
    );
    const profiles = await this.profiles.byGids(run.projectId, distinct(members.values()));
    const ready: Ready[] = [];
    const changed: Outcome[] = [];
    for (const batch of batches) {
      const gids = members.get(batch.number) ?? [];
      const users = gids.flatMap((gid) => profiles.get(gid) ?? []);
      const outcome = users.length < gids.length ? withoutDeleted(batch, gids, profiles) : undefined;
      if (outcome) changed.push(outcome);
      const canceled = outcome?.canceled ?? batch.canceled;
      if (users.length > 0) ready.push({ batch: { ...batch, canceled }, users });
    }
    const now = this.clock.now();
    if (changed.length > 0)
      await this.ends.write(
        changed.map((outcome) => ({ run, campaign, outcome })),
        now,
      );
    return ready.length > 0 ? this.handing.reach(run, touchpoint, ready, make) : [];
  }
}

/** The batch still waits, unless nobody is left. */
function withoutDeleted(
  batch: Batch,
  gids: readonly number[],
  profiles: ReadonlyMap<number, Profile>,
): Outcome {
  const gone = gids.filter((gid) => !profiles.has(gid));
  const isEmpty = gone.length === openCountOf(batch);
  const { succeeded, failed, passed, failures } = batch;
  const own = gone.map((gid): OwnResult => ({ gid, status: 'CANCELED', reason: DELETED }));
  return {
    batch,
    status: isEmpty ? 'CANCELED' : batch.status,
    reason: isEmpty ? DELETED : undefined,
    succeeded,
    failed,
    passed,
    canceled: batch.canceled + gone.length,
    failures,
    own: isEmpty ? [] : own,
    handedOn: [],
  };
}

function distinct(lists: Iterable<readonly number[]>): number[] {
  return [...new Set([...lists].flat())];
}
