import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { ProfileRow } from './profile-batch.js';
import { MAX_GID } from './profile-limits.js';
import { ProfileRepository } from './profile.repository.js';

/** Profiles read at once: some milliseconds of reading and testing, then others have their turn. */
const STRETCH = 1000;

/**
 * Looks at every profile of a project, in pieces: no read holds the database for long, and other calls go on meanwhile. Profiles that come,
 * change or go while it runs may be seen or not.
 */
@Injectable()
export class ProfileScan {
  constructor(
    private readonly profiles: ProfileRepository,
    private readonly clock: Clock,
  ) {}

  /** Counts those that pass, and keeps `limit` of them from the `offset`-th on; the newest gids come first. */
  async page(
    projectId: number,
    passes: (row: ProfileRow) => boolean,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<{ count: number; rows: ProfileRow[] }> {
    const rows: ProfileRow[] = [];
    let count = 0;
    for (let upTo = MAX_GID; upTo > 0;) {
      const stretch = await this.profiles.stretch(projectId, { upTo }, STRETCH);
      for (const row of stretch.filter(passes)) {
        if (count >= offset && rows.length < limit) rows.push(row);
        count += 1;
      }
      upTo = (stretch.at(-1)?.gid ?? 1) - 1;
      await this.clock.breathe();
    }
    return { count, rows };
  }
}
