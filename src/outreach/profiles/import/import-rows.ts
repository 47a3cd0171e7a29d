import { isUtf8 } from 'node:buffer';
import type { FieldProblem, LocalizedText } from '../../../platform/errors/index.js';
import { isProblem } from '../field-checks.js';
import { type ProfileInput, readProfileInput } from '../profile-input.js';
import { CsvColumns } from './csv-columns.js';
import { type CsvRecord, CsvRecords } from './csv-records.js';
import { LINE_PROBLEMS, MAX_LINE_BYTES } from './line-problems.js';
import { type Line, LineSplitter, type LongLine } from './line-splitter.js';

/** A row of a file: what it says of a profile, or why it can't be taken. */
export interface ImportRow {
  /** The line it begins in, from 1. */
  readonly line: number;
  readonly result: ProfileInput | FieldProblem;
}

/** Reads the rows of a file as its bytes come. */
export interface RowReader {
  /** The rows that end in these bytes. */
  push(bytes: Buffer): Iterable<ImportRow>;
  /** Those that the end of the file ends. */
  end(): Iterable<ImportRow>;
}

/** One JSON object a line; empty lines mean nothing. */
export class NdjsonRows implements RowReader {
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);

  *push(bytes: Buffer): Generator<ImportRow> {
    yield* this.#rowsOf(this.#lines.push(bytes));
  }

  *end(): Generator<ImportRow> {
    yield* this.#rowsOf(this.#lines.end());
  }

  *#rowsOf(lines: Iterable<Line | LongLine>): Generator<ImportRow> {
    for (const line of lines) {
      const result = 'quotes' in line ? lineProblem(LINE_PROBLEMS.length) : readJson(line.bytes);
      if (result) yield { line: line.number, result };
    }
  }
}

function readJson(bytes: Buffer): ProfileInput | FieldProblem | undefined {
  if (!isUtf8(bytes)) return lineProblem(LINE_PROBLEMS.encoding);
  const text = bytes.toString('utf8').trim();
  if (text === '') return undefined;
  if (!text.startsWith('{')) return lineProblem(LINE_PROBLEMS.noObject);
  try {
    return readProfileInput(JSON.parse(text));
  } catch {
    return lineProblem(LINE_PROBLEMS.json);
  }
}

/**
 * A header row that names the columns, and a profile a record. Every cell is text; an empty one is not given.
 * @throws DomainError `invalid_request` for the header, as soon as it has come
 */
export class CsvRows implements RowReader {
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  readonly #records = new CsvRecords(MAX_LINE_BYTES);
  #columns: CsvColumns | undefined;

  *push(bytes: Buffer): Generator<ImportRow> {
    yield* this.#rowsOf(this.#lines.push(bytes));
  }

  *end(): Generator<ImportRow> {
    yield* this.#rowsOf(this.#lines.end());
    yield* this.#rowOf(this.#records.end());
    if (!this.#columns) CsvColumns.missing();
  }

  *#rowsOf(lines: Iterable<Line | LongLine>): Generator<ImportRow> {
    for (const line of lines) yield* this.#rowOf(this.#records.take(line));
  }

  *#rowOf(record: CsvRecord | undefined): Generator<ImportRow> {
    if (!record) return;
    if (!this.#columns) this.#columns = CsvColumns.read(record);
    else if ('problem' in record) yield { line: record.line, result: lineProblem(record.problem) };
    else yield { line: record.line, result: this.#columns.inputOf(record.cells) };
  }
}

function lineProblem(problem: LocalizedText): FieldProblem {
  return { field: 'line', problem };
}

/** Whether a row says something of a profile. */
export function hasInput(row: ImportRow): row is ImportRow & { readonly result: ProfileInput } {
  return !isProblem(row.result);
}
