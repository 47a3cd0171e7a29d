import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import type { FieldProblem } from '../../../platform/errors/index.js';
import { isProblem } from '../field-checks.js';
import type { Written } from '../profile-batch.js';
import type { ProfileInput } from '../profile-input.js';
import { ProfileWriter } from '../profile-writer.js';
import { hasInput, type ImportRow, type RowReader } from './import-rows.js';

/**
 * Rows that a unit of work writes: some ten milliseconds. On SQLite most of that is the commit. Users in no order lie all over their index,
 * most of which each commit writes anew, however many they are: 200,000 such rows took 3.6 s of CPU by 500, 2.4 s by 1000 and 1.7 s by 2000.
 */
const ROWS_AT_ONCE = 1000;

/** Rows that can't be taken which are named; the others are counted. */
const MAX_ERRORS = 100;

/** A row that was not taken. */
export interface ImportError {
  readonly line: number;
  readonly problem: FieldProblem;
}

/** What came of an import, in rows. */
export interface ImportReport {
  /** Those that made a profile. */
  imported: number;
  /** Those whose profile was there. */
  updated: number;
  failed: number;
  /** The first of the failed. */
  readonly errors: ImportError[];
}

/**
 * Writes the profiles of a file while it comes in, some hundred in each unit of work. The next are read once these are written, so a file
 * of any size takes little memory, and the sender no more time than the database. What was written stays where the rest doesn't come.
 */
@Injectable()
export class ProfileImport {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: ProfileWriter,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `body_unreadable` where the file breaks off; `invalid_request` for a header that can't be taken. */
  async run(projectId: number, file: AsyncIterable<Buffer>, reader: RowReader): Promise<ImportReport> {
    const report: ImportReport = { imported: 0, updated: 0, failed: 0, errors: [] };
    let rows: ImportRow[] = [];
    const take = async (some: Iterable<ImportRow>): Promise<void> => {
      for (const row of some) {
        rows.push(row);
        if (rows.length < ROWS_AT_ONCE) continue;
        await this.#write(projectId, rows, report);
        rows = [];
      }
    };
    for await (const bytes of file) await take(reader.push(bytes));
    await take(reader.end());
    await this.#write(projectId, rows, report);
    return report;
  }

  async #write(projectId: number, rows: readonly ImportRow[], report: ImportReport): Promise<void> {
    const inputs = rows.filter(hasInput).map(({ result }) => result);
    const written = await this.#writeInputs(projectId, inputs);
    const results = written.values();
    for (const { line, result } of rows)
      count(report, line, isProblem(result) ? result : results.next().value);
    // SQLite works in this thread: other calls have their turn now.
    await this.clock.breathe();
  }

  async #writeInputs(
    projectId: number,
    inputs: readonly ProfileInput[],
  ): Promise<(Written | FieldProblem)[]> {
    if (inputs.length === 0) return [];
    return this.unitOfWork.run(() =>
      this.writer.write(projectId, inputs, (batch) => inputs.map((input) => batch.apply(input))),
    );
  }
}

function count(report: ImportReport, line: number, result: Written | FieldProblem | undefined): void {
  if (!result) return;
  if (!isProblem(result)) {
    if (result.isNew) report.imported += 1;
    else report.updated += 1;
    return;
  }
  report.failed += 1;
  if (report.errors.length < MAX_ERRORS) report.errors.push({ line, problem: result });
}
