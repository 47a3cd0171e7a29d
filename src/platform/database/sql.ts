import type { Dialect } from './dialect.js';

/** Rows per multi-row statement: well under SQLite's 32,766 parameters. */
const CHUNK_ROWS = 500;

/**
 * Lengths of lists in statements that a driver keeps compiled by their text: with any length there would be a statement to compile for
 * nearly every call.
 */
const KEPT_LENGTHS = [1, 4, 16, 64, 256, CHUNK_ROWS];

type Keeping = Pick<Dialect, 'keepsStatements'>;

/** A piece of a statement, and the parameters it takes. */
export interface Fragment {
  readonly sql: string;
  readonly values: unknown[];
}

/** `?,?,?` for a list of this length. */
export function placeholders(count: number): string {
  return repeated('?', count);
}

/** `(?,?,?)`, to stand after IN; a list without values matches nothing. */
export function inList(values: readonly unknown[], dialect: Keeping): Fragment {
  if (values.length === 0) return { sql: '(NULL)', values: [] };
  const padded = padToKeptLength(values, dialect);
  return { sql: `(${placeholders(padded.length)})`, values: padded };
}

/** `WHEN ? THEN ? …` for pairs of a key and its value. */
export function whenThen(pairs: readonly (readonly [unknown, unknown])[], dialect: Keeping): Fragment {
  const padded = padToKeptLength(pairs, dialect);
  return { sql: 'WHEN ? THEN ? '.repeat(padded.length), values: padded.flat() };
}

/** `(?,?),(?,?)` for so many rows of so many columns. */
export function rowPlaceholders(rows: number, columns: number): string {
  return repeated(`(${placeholders(columns)})`, rows);
}

/** The piece so many times, with commas between. */
function repeated(piece: string, count: number): string {
  return count === 0 ? '' : `${`${piece},`.repeat(count - 1)}${piece}`;
}

/** Splits a list into pieces that fit one statement. */
export function chunksOf<T>(items: readonly T[], size = CHUNK_ROWS): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}

/** Splits rows to be inserted into pieces that fit one statement each, of few different lengths where that is of use. */
export function rowChunksOf<T>(rows: readonly T[], { keepsStatements }: Keeping): T[][] {
  if (!keepsStatements) return chunksOf(rows);
  const chunks: T[][] = [];
  for (let start = 0; start < rows.length;) {
    const left = rows.length - start;
    const size = KEPT_LENGTHS.findLast((length) => length <= left) ?? left;
    chunks.push(rows.slice(start, start + size));
    start += size;
  }
  return chunks;
}

/** Characters of texts in one statement, about; MariaDB takes 16 MiB of bytes unless told otherwise. */
const MAX_STATEMENT = 2 * 1024 * 1024;

/** Splits a list in order, so that what is written at once stays well within what databases take in one statement. */
export function partsBySize<T>(items: readonly T[], sizeOf: (item: T) => number): T[][] {
  const parts: T[][] = [];
  let size = Infinity;
  for (const item of items) {
    size += sizeOf(item);
    if (size > MAX_STATEMENT) {
      parts.push([]);
      size = sizeOf(item);
    }
    parts.at(-1)?.push(item);
  }
  return parts;
}

/** Repeats the last item up to the next kept length; of no consequence in a list of what to look for. */
function padToKeptLength<T>(items: readonly T[], { keepsStatements }: Keeping): T[] {
  const last = items.at(-1);
  if (!keepsStatements || last === undefined) return [...items];
  const length = KEPT_LENGTHS.find((kept) => kept >= items.length) ?? items.length;
  return [...items, ...Array.from({ length: length - items.length }, () => last)];
}
