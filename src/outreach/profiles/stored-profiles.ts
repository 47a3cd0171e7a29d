import { Injectable } from '@nestjs/common';
import { ProfileSource } from './profile-source.js';
import { profileOf, ProfileRepository } from './profile.repository.js';
import type { Profile } from './profile.js';

/** Profiles out of their table. */
@Injectable()
export class StoredProfiles extends ProfileSource {
  constructor(private readonly profiles: ProfileRepository) {
    super();
  }

  async stretch(
    projectId: number,
    range: { readonly after: number; readonly through: number },
    limit: number,
  ): Promise<Profile[]> {
    return (await this.profiles.stretch(projectId, range, limit)).map(profileOf);
  }

  async byGids(projectId: number, gids: readonly number[]): Promise<ReadonlyMap<number, Profile>> {
    const rows = await this.profiles.byGids(projectId, gids);
    return new Map(rows.map((row) => [row.gid, profileOf(row)]));
  }

  lastGid(projectId: number): Promise<number> {
    return this.profiles.lastGid(projectId);
  }
}
