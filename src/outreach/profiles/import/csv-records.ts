import { isUtf8 } from 'node:buffer';
import type { LocalizedText } from '../../../platform/errors/index.js';
import type { Line, LongLine } from './line-splitter.js';
import { LINE_PROBLEMS } from './line-problems.js';

/** A record: its cells as text, or why it can't be read. */
export type CsvRecord = { readonly line: number } & (
  { readonly cells: readonly string[] } | { readonly problem: LocalizedText }
);

/** Why a record was given up while it was read, and the cells it had: where it ends has still to be found. */
interface Begun {
  readonly line: number;
  cells: string[];
  length: number;
  problem?: LocalizedText;
}

/**
 * Puts lines together to CSV records as RFC 4180 has them: cells between commas; one that begins with a quote ends with one, may hold
 * commas and line breaks, and has quotes doubled. A quote elsewhere breaks the record, and no other: reading goes on with the next cell.
 * Records know the line they begin in. What is held is one record at the most, and of one that is too long only whether a quote is open.
 *
 * ```
 *   between cells ── " ──▶ in quotes ── " ──▶ between cells ── end of line ──▶ record
 *        │                     └── end of line ──▶ in quotes, next line
 *        └── other text up to the comma or the end of line
 * ```
 */
export class CsvRecords {
  #record: Begun | undefined;
  /** The text of a cell in quotes that is open. */
  #open: string | undefined;

  constructor(private readonly maxLength: number) {}

  /** The record that ends with this line; undefined where none does, or the line is empty. */
  take(line: Line | LongLine): CsvRecord | undefined {
    if ('quotes' in line) return this.#takeLong(line);
    const text = line.bytes.toString('utf8');
    if (this.#open === undefined) {
      if (text === '' || text === '\r') return undefined;
      this.#record = { line: line.number, cells: [], length: 0 };
    }
    const record = this.#begun(line.number);
    if (!isUtf8(line.bytes)) record.problem ??= LINE_PROBLEMS.encoding;
    record.length += text.length + 1;
    if (record.length > this.maxLength) record.problem ??= LINE_PROBLEMS.length;
    this.#read(record, text);
    return this.#open === undefined ? this.#finish() : undefined;
  }

  /** The record that the end of the file breaks off. */
  end(): CsvRecord | undefined {
    if (this.#open === undefined) return undefined;
    this.#begun(0).problem = LINE_PROBLEMS.openQuote;
    return this.#finish();
  }

  #takeLong({ number, quotes }: LongLine): CsvRecord | undefined {
    this.#begun(number).problem = LINE_PROBLEMS.length;
    const isOpen = (this.#open !== undefined) !== (quotes % 2 === 1);
    this.#open = isOpen ? '' : undefined;
    return isOpen ? undefined : this.#finish();
  }

  #begun(line: number): Begun {
    this.#record ??= { line, cells: [], length: 0 };
    return this.#record;
  }

  #finish(): CsvRecord | undefined {
    const record = this.#record;
    this.#record = undefined;
    this.#open = undefined;
    if (!record) return undefined;
    const { line, cells, problem } = record;
    return problem ? { line, problem } : { line, cells };
  }

  #read(record: Begun, text: string): void {
    let at = 0;
    while (at <= text.length) {
      if (this.#open === undefined && text[at] !== '"') {
        at = this.#readPlain(record, text, at);
        continue;
      }
      if (this.#open === undefined) {
        this.#open = '';
        at += 1;
      }
      at = this.#readQuoted(record, text, at);
    }
  }

  /** Reads a cell without quotes; answers where the next one begins, beyond the text's end where there is none. */
  #readPlain(record: Begun, text: string, start: number): number {
    const comma = text.indexOf(',', start);
    const cell = comma < 0 ? withoutReturn(text.slice(start)) : text.slice(start, comma);
    if (cell.includes('"')) record.problem ??= LINE_PROBLEMS.strayQuote;
    this.#addCell(record, cell);
    return comma < 0 ? text.length + 1 : comma + 1;
  }

  /** Reads what stands in quotes, up to the one that closes or to the line's end; answers as `#readPlain`. */
  #readQuoted(record: Begun, text: string, start: number): number {
    const quote = text.indexOf('"', start);
    if (quote < 0) {
      this.#extend(record, `${text.slice(start)}\n`);
      return text.length + 1;
    }
    if (text[quote + 1] === '"') {
      this.#extend(record, text.slice(start, quote + 1));
      return quote + 2;
    }
    this.#extend(record, text.slice(start, quote));
    this.#addCell(record, this.#open ?? '');
    this.#open = undefined;
    const comma = text.indexOf(',', quote);
    const between = comma < 0 ? withoutReturn(text.slice(quote + 1)) : text.slice(quote + 1, comma);
    if (between !== '') record.problem ??= LINE_PROBLEMS.strayQuote;
    return comma < 0 ? text.length + 1 : comma + 1;
  }

  #extend({ problem }: Begun, text: string): void {
    this.#open = problem ? '' : (this.#open ?? '') + text;
  }

  #addCell(record: Begun, cell: string): void {
    if (record.problem) record.cells = [];
    else record.cells.push(cell);
  }
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
