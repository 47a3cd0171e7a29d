import { Injectable } from '@nestjs/common';
import { chunksOf, inList, rowChunksOf, rowPlaceholders, UnitOfWork } from '../../platform/database/index.js';
import type { ProfileEvent } from './profile.js';

/** An event as it is kept. */
export interface EventRow {
  readonly id: string;
  readonly gid: number;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** JSON. */
  readonly value: string | undefined;
  /** A JSON object. */
  readonly attributes: string | undefined;
}

/** How often a user did something, ever. */
export interface EventCount {
  readonly gid: number;
  readonly name: string;
  readonly count: number;
  /** Epoch milliseconds. */
  readonly lastAt: number;
}

type Raw = Record<string, string | number | null>;

/** What users did: single events, and how many there were of each name. Changes need the lock of the project's profiles. */
@Injectable()
export class ProfileEventRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The newest first. */
  async recent(projectId: number, gid: number, limit: number): Promise<ProfileEvent[]> {
    const rows = await this.#read(
      'SELECT name, time, value, attributes FROM profile_event WHERE project_id = ? AND gid = ? ORDER BY time DESC, id DESC LIMIT ?',
      [projectId, gid, limit],
    );
    return rows.map(({ name, time, value, attributes }) => ({
      name: String(name),
      time: Number(time),
      ...(typeof value === 'string' && { value: JSON.parse(value) as unknown }),
      ...(typeof attributes === 'string' && {
        attributes: JSON.parse(attributes) as Record<string, unknown>,
      }),
    }));
  }

  /** Of all names, in no order. */
  async counts(projectId: number, gids: readonly number[]): Promise<EventCount[]> {
    const found: EventCount[] = [];
    for (const chunk of chunksOf(gids)) {
      const list = inList(chunk, this.unitOfWork.dialect);
      const rows = await this.#read(
        `SELECT gid, name, count, last_at AS lastAt FROM profile_event_count
         WHERE project_id = ? AND gid IN ${list.sql}`,
        [projectId, ...list.values],
      );
      for (const { gid, name, count, lastAt } of rows)
        found.push({ gid: Number(gid), name: String(name), count: Number(count), lastAt: Number(lastAt) });
    }
    return found;
  }

  async insert(projectId: number, events: readonly EventRow[]): Promise<void> {
    for (const some of rowChunksOf(events, this.unitOfWork.dialect)) {
      await this.#write(
        `INSERT INTO profile_event (id, project_id, gid, name, time, value, attributes) VALUES ${rowPlaceholders(some.length, 7)}`,
        some.flatMap(({ id, gid, name, time, value, attributes }) => [
          id,
          projectId,
          gid,
          name,
          time,
          value ?? null,
          attributes ?? null,
        ]),
      );
    }
  }

  async writeCounts(projectId: number, counts: readonly EventCount[]): Promise<void> {
    const { dialect } = this.unitOfWork;
    for (const some of rowChunksOf(counts, dialect)) {
      await this.#write(
        `INSERT INTO profile_event_count (project_id, gid, name, count, last_at) VALUES ${rowPlaceholders(some.length, 5)}
         ${dialect.upsert(['project_id', 'gid', 'name'], ['count', 'last_at'])}`,
        some.flatMap(({ gid, name, count, lastAt }) => [projectId, gid, name, count, lastAt]),
      );
    }
  }

  /** Removes up to `limit` events of a profile; answers whether there may be more. */
  async removeSome(projectId: number, gid: number, limit: number): Promise<boolean> {
    const rows = await this.#read('SELECT id FROM profile_event WHERE project_id = ? AND gid = ? LIMIT ?', [
      projectId,
      gid,
      limit,
    ]);
    for (const chunk of chunksOf(rows)) {
      const ids = inList(
        chunk.map(({ id }) => id),
        this.unitOfWork.dialect,
      );
      await this.#write(`DELETE FROM profile_event WHERE id IN ${ids.sql}`, ids.values);
    }
    return rows.length === limit;
  }

  async removeCounts(projectId: number, gid: number): Promise<void> {
    await this.#write('DELETE FROM profile_event_count WHERE project_id = ? AND gid = ?', [projectId, gid]);
  }

  async #read(sql: string, values: readonly unknown[]): Promise<Raw[]> {
    return this.unitOfWork.reader.query(sql, [...values]);
  }

  async #write(sql: string, values: readonly unknown[]): Promise<void> {
    await this.unitOfWork.manager.query(sql, [...values]);
  }
}
