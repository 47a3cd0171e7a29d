import { Injectable } from '@nestjs/common';
import { chunksOf, inList, rowChunksOf, rowPlaceholders, UnitOfWork } from '../../platform/database/index.js';
import type { ProfileRow } from './profile-batch.js';
import { MAX_GID } from './profile-limits.js';
import type { Attributes, Profile } from './profile.js';

const COLUMNS = 'gid, user_id AS userId, attributes, created_at AS createdAt, modified_at AS modifiedAt';

/** Higher than any character: texts that begin with a prefix are below the prefix and this. */
const LAST_CHARACTER = '\u{10FFFF}';

/** A row as drivers have it: of big numbers, some make texts. */
type RawRow = Readonly<Record<'gid' | 'createdAt' | 'modifiedAt', string | number>> &
  Pick<ProfileRow, 'userId' | 'attributes'>;

/** Whose gid is higher than one and not above the other, the lowest first. */
interface Upwards {
  readonly after: number;
  readonly through?: number;
}

/** Whose gid is not above that, the highest first. */
interface Downwards {
  readonly upTo: number;
}

/** The rows of profiles, in plain statements. Reads come from the open unit or from committed rows. */
@Injectable()
export class ProfileRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Lets the units that write profiles of a project go one after the other, and answers the next free gid. Everything that is then read
   * of them stays so until the unit ends.
   */
  async lock(projectId: number): Promise<number> {
    const next = await this.#lockSequence(projectId);
    if (next !== undefined) return next;
    const { dialect } = this.unitOfWork;
    await this.#write(
      `INSERT INTO profile_sequence (project_id, next_gid) VALUES (?, 1) ${dialect.upsert(['project_id'], ['project_id'])}`,
      [projectId],
    );
    return (await this.#lockSequence(projectId)) ?? 1;
  }

  /** What is to be given out next. The sequence has to be locked. */
  async moveSequence(projectId: number, nextGid: number): Promise<void> {
    await this.#write('UPDATE profile_sequence SET next_gid = ? WHERE project_id = ?', [nextGid, projectId]);
  }

  async byGids(projectId: number, gids: readonly number[]): Promise<ProfileRow[]> {
    return this.#in(projectId, 'gid', gids);
  }

  async byUserIds(projectId: number, userIds: readonly string[]): Promise<ProfileRow[]> {
    return this.#in(projectId, 'user_id', userIds);
  }

  /** Up to `limit` of them, in the order of their gids. */
  async stretch(projectId: number, range: Upwards | Downwards, limit: number): Promise<ProfileRow[]> {
    const [condition, order, values] =
      'upTo' in range
        ? ['gid <= ?', 'DESC', [range.upTo]]
        : ['gid > ? AND gid <= ?', 'ASC', [range.after, range.through ?? MAX_GID]];
    return this.#rows(
      `SELECT ${COLUMNS} FROM profile WHERE project_id = ? AND ${condition} ORDER BY gid ${order} LIMIT ?`,
      [projectId, ...values, limit],
    );
  }

  /** Those of one page, newest gid first. */
  async page(projectId: number, offset: number, limit: number): Promise<ProfileRow[]> {
    return this.#rows(
      `SELECT ${COLUMNS} FROM profile WHERE project_id = ? ORDER BY gid DESC LIMIT ? OFFSET ?`,
      [projectId, limit, offset],
    );
  }

  async count(projectId: number): Promise<number> {
    return this.#number('SELECT COUNT(*) AS value FROM profile WHERE project_id = ?', [projectId]);
  }

  /** 0 where there is none. */
  async lastGid(projectId: number): Promise<number> {
    return this.#number('SELECT MAX(gid) AS value FROM profile WHERE project_id = ?', [projectId]);
  }

  /** How many have a userId that begins with this; the index alone tells. */
  async countByPrefix(projectId: number, prefix: string): Promise<number> {
    return this.#number(
      'SELECT COUNT(*) AS value FROM profile WHERE project_id = ? AND user_id >= ? AND user_id < ?',
      [projectId, prefix, prefix + LAST_CHARACTER],
    );
  }

  /** A page of those, by their userIds, but for the profile of that gid. */
  async pageByPrefix(
    projectId: number,
    prefix: string,
    exceptGid: number,
    [offset, limit]: readonly [number, number],
  ): Promise<ProfileRow[]> {
    return this.#rows(
      `SELECT ${COLUMNS} FROM profile WHERE project_id = ? AND user_id >= ? AND user_id < ? AND gid <> ?
       ORDER BY user_id ASC LIMIT ? OFFSET ?`,
      [projectId, prefix, prefix + LAST_CHARACTER, exceptGid, limit, offset],
    );
  }

  /** Cuts rows into pieces of which each can be written at once. */
  pieces(rows: readonly ProfileRow[]): ProfileRow[][] {
    return rowChunksOf(rows, this.unitOfWork.dialect);
  }

  /** Inserts one piece of rows, or writes them over those of the same gid. */
  async write(projectId: number, rows: readonly ProfileRow[]): Promise<void> {
    const { dialect } = this.unitOfWork;
    await this.#write(
      `INSERT INTO profile (project_id, gid, user_id, attributes, created_at, modified_at)
       VALUES ${rowPlaceholders(rows.length, 6)}
       ${dialect.upsert(['project_id', 'gid'], ['user_id', 'attributes', 'modified_at'])}`,
      rows.flatMap((row) => [projectId, row.gid, row.userId, row.attributes, row.createdAt, row.modifiedAt]),
    );
  }

  async remove(projectId: number, gid: number): Promise<void> {
    await this.#write('DELETE FROM profile WHERE project_id = ? AND gid = ?', [projectId, gid]);
  }

  async #lockSequence(projectId: number): Promise<number | undefined> {
    const lock = this.unitOfWork.dialect.locksRows ? ' FOR UPDATE' : '';
    const [row] = await this.#write(
      `SELECT next_gid AS nextGid FROM profile_sequence WHERE project_id = ?${lock}`,
      [projectId],
    );
    return row && Number(row['nextGid']);
  }

  async #in(projectId: number, column: string, values: readonly unknown[]): Promise<ProfileRow[]> {
    const found: ProfileRow[] = [];
    for (const chunk of chunksOf(values)) {
      const list = inList(chunk, this.unitOfWork.dialect);
      const sql = `SELECT ${COLUMNS} FROM profile WHERE project_id = ? AND ${column} IN ${list.sql}`;
      found.push(...(await this.#rows(sql, [projectId, ...list.values])));
    }
    return found;
  }

  async #rows(sql: string, values: readonly unknown[]): Promise<ProfileRow[]> {
    const rows: RawRow[] = await this.unitOfWork.reader.query(sql, [...values]);
    return rows.map(({ gid, userId, attributes, createdAt, modifiedAt }) => ({
      gid: Number(gid),
      userId,
      attributes,
      createdAt: Number(createdAt),
      modifiedAt: Number(modifiedAt),
    }));
  }

  async #number(sql: string, values: readonly unknown[]): Promise<number> {
    const [row]: { value: string | number | null }[] = await this.unitOfWork.reader.query(sql, [...values]);
    return Number(row?.value ?? 0);
  }

  async #write(sql: string, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
    return this.unitOfWork.manager.query(sql, [...values]);
  }
}

/** A profile as rules and templates see it. */
export function profileOf({ gid, userId, attributes }: ProfileRow): Profile {
  const parsed = JSON.parse(attributes) as Attributes;
  return userId === null ? { gid, attributes: parsed } : { gid, userId, attributes: parsed };
}
