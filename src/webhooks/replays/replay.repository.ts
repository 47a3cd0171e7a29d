import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { ReplayEventEntity } from './replay-event.entity.js';
import { ReplayEntity, type ReplayStatus } from './replay.entity.js';

/** One event of a replay's list. */
export type ListedEvent = Pick<ReplayEventEntity, 'sequence' | 'orderingKey' | 'live'>;

/** What a change needs to know of a running replay. */
export type RunningReplay = Pick<ReplayEntity, 'id' | 'webhookId' | 'plannedThrough' | 'lastSequence'>;

/** Rows per statement. */
const CHUNK = 500;

@Injectable()
export class ReplayRepository extends RepositoryBase<ReplayEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ReplayEntity);
  }

  async insert(replay: ReplayEntity, listed: readonly ListedEvent[]): Promise<void> {
    await this.writing.insert(replay);
    for (let start = 0; start < listed.length; start += CHUNK)
      await this.list(replay.id, listed.slice(start, start + CHUNK));
  }

  async list(replayId: string, events: readonly ListedEvent[]): Promise<void> {
    await this.manager
      .createQueryBuilder()
      .insert()
      .into(ReplayEventEntity)
      .values(events.map((event) => ({ ...event, replayId })))
      .updateEntity(false)
      .execute();
  }

  /** Replays outlive their webhook. */
  async find(organizationId: number, webhookId: number, id: string): Promise<ReplayEntity | null> {
    return this.reading.findOneBy({ organizationId, webhookId, id });
  }

  /** The webhook's running replay: there is at most one. */
  async findRunning(organizationId: number, webhookId: number): Promise<ReplayEntity | null> {
    return this.reading.findOneBy({ organizationId, webhookId, status: 'RUNNING' });
  }

  /** The replay if it is still running; locked until the unit ends. */
  async lockRunning(id: string): Promise<ReplayEntity | null> {
    const query = this.writing.createQueryBuilder('replay').where('replay.id = :id', { id });
    const replay = await this.locked(query).getOne();
    return replay?.status === 'RUNNING' ? replay : null;
  }

  /** Committed rows of all organizations, the oldest first. */
  async listRunning(): Promise<Pick<ReplayEntity, 'id' | 'webhookId'>[]> {
    return this.reading.find({
      select: { id: true, webhookId: true },
      where: { status: 'RUNNING' },
      order: { id: 'ASC' },
    });
  }

  async countRunning(): Promise<number> {
    return this.reading.countBy({ status: 'RUNNING' });
  }

  /**
   * The running replays of an organization, locked until the unit ends: none of them moves on meanwhile. In plain SQL, since
   * every change that somebody hears of asks this.
   */
  async lockAllRunning(organizationId: number): Promise<RunningReplay[]> {
    const lock = this.unitOfWork.dialect.locksRows ? 'FOR UPDATE' : '';
    const rows = (await this.manager.query(
      `SELECT id, webhook_id, planned_through, last_sequence FROM replay
        WHERE status = 'RUNNING' AND organization_id = ? ${lock}`,
      [organizationId],
    )) as Record<'id' | 'webhook_id' | 'planned_through' | 'last_sequence', string | number>[];
    return rows.map((row) => ({
      id: String(row.id),
      webhookId: Number(row.webhook_id),
      plannedThrough: Number(row.planned_through),
      lastSequence: Number(row.last_sequence),
    }));
  }

  /** The next listed events, in order. */
  async listedAfter(replayId: string, sequence: number, limit: number): Promise<ListedEvent[]> {
    const rows = await this.#listed()
      .where('listed.replayId = :replayId AND listed.sequence > :sequence', { replayId, sequence })
      .orderBy('listed.sequence', 'ASC')
      .limit(limit)
      .getMany();
    return rows.map(toListed);
  }

  /** Those that happened while the replay ran, in order. */
  async liveOf(replayId: string): Promise<ListedEvent[]> {
    const rows = await this.#listed()
      .where('listed.replayId = :replayId AND listed.live = :live', { replayId, live: true })
      .orderBy('listed.sequence', 'ASC')
      .getMany();
    return rows.map(toListed);
  }

  async hasListed(replayId: string, orderingKey: string): Promise<boolean> {
    return this.#listed()
      .where('listed.replayId = :replayId AND listed.orderingKey = :orderingKey', { replayId, orderingKey })
      .getExists();
  }

  /** Takes listed events off the list, up to and with this number; without one, all. */
  async unlist(replayId: string, through = Number.MAX_SAFE_INTEGER): Promise<void> {
    await this.manager.query('DELETE FROM replay_event WHERE replay_id = ? AND sequence <= ?', [
      replayId,
      through,
    ]);
  }

  async finish(replay: ReplayEntity, status: ReplayStatus, now: number): Promise<void> {
    await this.unlist(replay.id);
    await this.save(Object.assign(replay, { status, finishedAt: now }));
  }

  #listed() {
    return this.unitOfWork.reader.getRepository(ReplayEventEntity).createQueryBuilder('listed');
  }
}

/** Numbers come as text from MySQL. */
function toListed({ sequence, orderingKey, live }: ReplayEventEntity): ListedEvent {
  return { sequence: Number(sequence), orderingKey, live: Boolean(live) };
}
