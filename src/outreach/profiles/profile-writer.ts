import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { ProfileBatch } from './profile-batch.js';
import type { ProfileInput } from './profile-input.js';
import { ProfileRepository } from './profile.repository.js';

/** Rows from which on a statement takes a millisecond or so. */
const LONG_STATEMENT = 64;

/** Makes and changes profiles. */
@Injectable()
export class ProfileWriter {
  constructor(
    private readonly profiles: ProfileRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets `work` apply inputs that name these profiles, and writes what comes of it, in few statements however many they are. Inside a
   * unit of work; units that write profiles of one project go one after the other.
   */
  async write<T>(
    projectId: number,
    named: readonly Pick<ProfileInput, 'gid' | 'userId'>[],
    work: (batch: ProfileBatch) => T,
  ): Promise<T> {
    const nextGid = await this.profiles.lock(projectId);
    const gids = new Set(named.flatMap(({ gid }) => gid ?? []));
    const userIds = new Set(named.flatMap(({ userId }) => userId ?? []));
    const known = [
      ...(await this.profiles.byGids(projectId, [...gids])),
      ...(await this.profiles.byUserIds(projectId, [...userIds])),
    ];
    await this.#letOthersIn(named.length);
    const batch = new ProfileBatch(known, nextGid, this.clock.now());
    const result = work(batch);
    for (const rows of this.profiles.pieces(batch.changed)) {
      await this.profiles.write(projectId, rows);
      await this.#letOthersIn(rows.length);
    }
    if (batch.nextGid !== nextGid) await this.profiles.moveSequence(projectId, batch.nextGid);
    return result;
  }

  /** SQLite works in this thread: other calls have their turn between long statements. */
  async #letOthersIn(rows: number): Promise<void> {
    if (rows >= LONG_STATEMENT) await this.clock.breathe();
  }
}
