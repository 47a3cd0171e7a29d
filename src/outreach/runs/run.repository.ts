import { Injectable } from '@nestjs/common';
import { inList, UnitOfWork } from '../../platform/database/index.js';
import { CampaignRunEntity, type RunPhase } from './run.entity.js';
import type { ActiveRun, Run } from './run.js';

const COLUMNS =
  'id, organization_id, project_id, campaign_id, phase, scheduled_at, started_at, through_gid, cursor_gid, audience, next_batch, filling, problem';

const ACTIVE = "phase IN ('SNAPSHOT', 'OPEN', 'SENDING')";

type Row = Record<string, string | number | null>;

/** Runs that are under way, in plain statements. Writes need an open unit. */
@Injectable()
export class RunRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Stores a run at its beginning; answers its id. */
  async insert(run: Omit<Run, 'id'>): Promise<number> {
    const stored = await this.unitOfWork.manager.getRepository(CampaignRunEntity).save({
      ...run,
      filling: JSON.stringify(run.filling),
      problem: run.problem ?? null,
      finishedAt: null,
      totals: null,
    });
    return stored.id;
  }

  /** Runs that are not `DONE`, the oldest first. Committed rows; one statement, however many wait for something. */
  async listActive(): Promise<ActiveRun[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT ${COLUMNS},
              EXISTS (SELECT 1 FROM reach_batch b WHERE b.run_id = campaign_run.id AND b.status = 'PENDING') AS has_pending,
              EXISTS (SELECT 1 FROM reach_batch b WHERE b.run_id = campaign_run.id AND b.status IN ('PENDING', 'SENT', 'WAITING')) AS has_open
         FROM campaign_run WHERE ${ACTIVE} ORDER BY id`,
    )) as Row[];
    return rows.map((row) => ({
      ...toRun(row),
      hasPending: Number(row['has_pending']) === 1,
      hasOpen: Number(row['has_open']) === 1,
    }));
  }

  async countActive(): Promise<number> {
    const [row] = (await this.unitOfWork.reader.query(
      `SELECT COUNT(*) AS runs FROM campaign_run WHERE ${ACTIVE}`,
    )) as Row[];
    return Number(row?.['runs'] ?? 0);
  }

  /** Users of active runs without a final result, over all organizations. */
  async countOpenUsers(): Promise<number> {
    const [row] = (await this.unitOfWork.reader.query(
      `SELECT SUM(b.size - b.succeeded - b.failed - b.passed - b.canceled) AS users
         FROM campaign_run r JOIN reach_batch b ON b.run_id = r.id AND b.status IN ('PENDING', 'SENT', 'WAITING')
        WHERE r.${ACTIVE}`,
    )) as Row[];
    return Number(row?.['users'] ?? 0);
  }

  async load(ids: readonly number[]): Promise<ReadonlyMap<number, Run>> {
    if (ids.length === 0) return new Map();
    const list = inList(ids, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.reader.query(
      `SELECT ${COLUMNS} FROM campaign_run WHERE id IN ${list.sql}`,
      list.values,
    )) as Row[];
    return new Map(rows.map((row) => [Number(row['id']), toRun(row)]));
  }

  /** Locks a run until the unit ends; undefined where it is gone, or another process works on it at this moment. */
  async tryLock(id: number): Promise<Run | undefined> {
    const lock = this.unitOfWork.dialect.locksRows ? 'FOR UPDATE SKIP LOCKED' : '';
    const [run] = await this.#read(`WHERE id = ? ${lock}`, [id]);
    return run;
  }

  /** Locks these runs until the unit ends, in the order of their ids. */
  async lockAll(ids: readonly number[]): Promise<ReadonlyMap<number, Run>> {
    if (ids.length === 0) return new Map();
    const list = inList(ids, this.unitOfWork.dialect);
    const runs = await this.#read(`WHERE id IN ${list.sql} ORDER BY id ${this.#lock}`, list.values);
    return new Map(runs.map((run) => [run.id, run]));
  }

  /** Locks the campaign's runs that are not `DONE`, in the order of their ids. */
  async lockActiveOf(campaignId: number): Promise<Run[]> {
    return this.#read(`WHERE campaign_id = ? AND phase <> 'DONE' ORDER BY id ${this.#lock}`, [campaignId]);
  }

  /** Whether the campaign has a run that is not `DONE`, besides this one. */
  async hasActive(campaignId: number, besides = 0): Promise<boolean> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT id FROM campaign_run WHERE campaign_id = ? AND id <> ? AND phase <> 'DONE' LIMIT 1`,
      [campaignId, besides],
    )) as unknown[];
    return rows.length > 0;
  }

  /** Writes what moved on of a locked run. */
  async save(run: Run): Promise<void> {
    await this.unitOfWork.manager.query(
      `UPDATE campaign_run SET phase = ?, cursor_gid = ?, audience = ?, next_batch = ?, filling = ?, problem = ? WHERE id = ?`,
      [
        run.phase,
        run.cursorGid,
        run.audience,
        run.nextBatch,
        JSON.stringify(run.filling),
        run.problem ?? null,
        run.id,
      ],
    );
  }

  async finish(id: number, finishedAt: number, totals: string): Promise<void> {
    await this.unitOfWork.manager.query(
      `UPDATE campaign_run SET phase = 'DONE', finished_at = ?, totals = ? WHERE id = ?`,
      [finishedAt, totals, id],
    );
  }

  get #lock(): string {
    return this.unitOfWork.dialect.locksRows ? 'FOR UPDATE' : '';
  }

  async #read(condition: string, values: readonly unknown[]): Promise<Run[]> {
    const rows = (await this.unitOfWork.manager.query(`SELECT ${COLUMNS} FROM campaign_run ${condition}`, [
      ...values,
    ])) as Row[];
    return rows.map(toRun);
  }
}

function toRun(row: Row): Run {
  return {
    id: Number(row['id']),
    organizationId: Number(row['organization_id']),
    projectId: Number(row['project_id']),
    campaignId: Number(row['campaign_id']),
    phase: row['phase'] as RunPhase,
    scheduledAt: Number(row['scheduled_at']),
    startedAt: Number(row['started_at']),
    throughGid: Number(row['through_gid']),
    cursorGid: Number(row['cursor_gid']),
    audience: Number(row['audience']),
    nextBatch: Number(row['next_batch']),
    filling: JSON.parse(String(row['filling'])) as number[],
    problem: row['problem'] === null ? undefined : String(row['problem']),
  };
}
