import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { AuditStamps } from '../../platform/http/index.js';
import type { ReferenceCopy } from '../../segments/index.js';

/** Columns of `targeting`, in the order the statements below fill them. */
const COLUMNS = `organization_id, project_id, environment_id, toggle_id, version, disabled, content, status, published_at,
  track_access_events, created_at, created_by, modified_at, modified_by`;

/**
 * The content a targeting begins with (contract, section 4.6): the toggle's variations and disabled serve, nothing else.
 * `variations` is JSON text already.
 */
const DEFAULT_CONTENT = `CONCAT('{"rules":[],"disabledServe":{"select":', toggle.disabled_serve,
  '},"defaultServe":{},"variations":', toggle.variations, ',"prerequisites":[]}')`;

/** What the database can tell by itself which of the rows are missing: those without a targeting in the environment. */
const MISSING = `NOT EXISTS (SELECT 1 FROM targeting present
  WHERE present.environment_id = ? AND present.toggle_id = toggle.id)`;

/**
 * Makes the targetings that toggles and environments begin with. A project may have thousands of toggles, with contents of up to
 * 1 MiB, so the database makes the rows from what it has: their number of statements doesn't grow with the number of rows.
 */
@Injectable()
export class FirstTargetingsRepository {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly stamps: AuditStamps,
  ) {}

  /**
   * Gives an environment the content and disabled flag of each toggle in another one. Approvals under way there are not copied, so
   * everything begins as released: with the status of the source, nobody could ever submit or publish it here.
   */
  async copy(from: number, to: number): Promise<void> {
    await this.unitOfWork.manager.query(
      `INSERT INTO targeting (${COLUMNS})
       SELECT organization_id, project_id, ?, toggle_id, 1, disabled, content, 'RELEASE', ?, 0, ?, ?, ?, ?
       FROM targeting WHERE environment_id = ?`,
      [to, ...this.#stampValues(), from],
    );
  }

  /** Makes the default targeting of the project's toggles, archived ones too, that have none in the environment. */
  async insertMissing(projectId: number, environmentId: number): Promise<void> {
    await this.unitOfWork.manager.query(`${insertDefault()} WHERE toggle.project_id = ? AND ${MISSING}`, [
      environmentId,
      ...this.#stampValues(),
      projectId,
      environmentId,
    ]);
  }

  /** Makes the default targeting of a new toggle in an environment. */
  async insert(toggleId: number, environmentId: number): Promise<void> {
    await this.unitOfWork.manager.query(`${insertDefault()} WHERE toggle.id = ?`, [
      environmentId,
      ...this.#stampValues(),
      toggleId,
    ]);
  }

  /** Begins the history of those targetings of a toggle, or of an environment, that have none. */
  async insertFirstVersions(of: 'toggle_id' | 'environment_id', id: number): Promise<void> {
    await this.unitOfWork.manager.query(
      `INSERT INTO targeting_version
         (organization_id, targeting_id, version, comment, content, disabled, created_at, created_by)
       SELECT organization_id, id, version, '', content, disabled, created_at, created_by
       FROM targeting
       WHERE ${of} = ? AND NOT EXISTS (SELECT 1 FROM targeting_version kept WHERE kept.targeting_id = targeting.id)`,
      [id],
    );
  }

  /** The targetings of two environments, paired by their toggle. */
  async pairs(from: number, to: number): Promise<ReferenceCopy[]> {
    const rows = (await this.unitOfWork.manager.query(
      `SELECT source.id AS source_id, made.id AS made_id
       FROM targeting source JOIN targeting made ON made.toggle_id = source.toggle_id AND made.environment_id = ?
       WHERE source.environment_id = ?`,
      [to, from],
    )) as { source_id: number; made_id: number }[];
    return rows.map((row) => ({ from: row.source_id, to: row.made_id }));
  }

  /** published_at, created_at, created_by, modified_at, modified_by */
  #stampValues(): (number | string)[] {
    const { createdAt, createdBy, modifiedAt, modifiedBy } = this.stamps.created();
    return [createdAt, createdAt, createdBy, modifiedAt, modifiedBy];
  }
}

function insertDefault(): string {
  return `INSERT INTO targeting (${COLUMNS})
    SELECT toggle.organization_id, toggle.project_id, ?, toggle.id, 1, 1, ${DEFAULT_CONTENT}, 'RELEASE', ?, 0, ?, ?, ?, ?
    FROM toggle`;
}
