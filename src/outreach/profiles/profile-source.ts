import type { Profile } from './profile.js';

/** Profiles as campaigns read them: in bulk, in the order of their gids. Reads come from the open unit or from committed rows. */
export abstract class ProfileSource {
  /** Up to `limit` profiles with `after < gid <= through`, by gid. */
  abstract stretch(
    projectId: number,
    range: { readonly after: number; readonly through: number },
    limit: number,
  ): Promise<Profile[]>;

  /** Those that exist, by gid. */
  abstract byGids(projectId: number, gids: readonly number[]): Promise<ReadonlyMap<number, Profile>>;

  /** The highest gid there is; 0 where there are no profiles. */
  abstract lastGid(projectId: number): Promise<number>;
}
