import { Injectable } from '@nestjs/common';
import { inList, rowChunksOf, rowPlaceholders, UnitOfWork } from '../../../platform/database/index.js';

/** How often users did what a campaign waits for, since it began. Needs an open unit, and the campaign's run locked. */
@Injectable()
export class TriggerCounts {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Counts one more for each entry of the list, in its order.
   * @returns for each entry the how-manieth it is of its user
   */
  async add(campaignId: number, gids: readonly number[]): Promise<number[]> {
    const counts = await this.#read(campaignId, [...new Set(gids)]);
    const numbers = gids.map((gid) => {
      const count = (counts.get(gid) ?? 0) + 1;
      counts.set(gid, count);
      return count;
    });
    await this.#write(campaignId, counts);
    return numbers;
  }

  async #read(campaignId: number, gids: readonly number[]): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    for (const chunk of rowChunksOf(gids, this.unitOfWork.dialect)) {
      const list = inList(chunk, this.unitOfWork.dialect);
      const rows = (await this.unitOfWork.manager.query(
        `SELECT gid, count FROM trigger_count WHERE campaign_id = ? AND gid IN ${list.sql}`,
        [campaignId, ...list.values],
      )) as { gid: number | string; count: number }[];
      for (const { gid, count } of rows) counts.set(Number(gid), count);
    }
    return counts;
  }

  async #write(campaignId: number, counts: ReadonlyMap<number, number>): Promise<void> {
    const { dialect, manager } = this.unitOfWork;
    const upsert = dialect.upsert(['campaign_id', 'gid'], ['count']);
    for (const chunk of rowChunksOf([...counts], dialect)) {
      await manager.query(
        `INSERT INTO trigger_count (campaign_id, gid, count) VALUES ${rowPlaceholders(chunk.length, 3)} ${upsert}`,
        chunk.flatMap(([gid, count]) => [campaignId, gid, count]),
      );
    }
  }
}
