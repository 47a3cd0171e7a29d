import type { Dialect } from '../../platform/database/index.js';

/** Rows of a multi-row statement: well under SQLite's 32,766 parameters. */
const STATEMENT_ROWS = 500;

/** Lengths of lists where the driver keeps statements compiled by their text: with any length there would be one to compile each time. */
const KEPT_LENGTHS = [1, 4, 16, 64, 256, STATEMENT_ROWS];

type Keeping = Pick<Dialect, 'keepsStatements'>;

/** `?,?,?` for a list of this length. */
export function placeholders(count: number): string {
  return repeated('?', count);
}

/** `(?,?),(?,?)` for so many rows of so many columns. */
export function rowPlaceholders(rows: number, columns: number): string {
  return repeated(`(${placeholders(columns)})`, rows);
}

function repeated(piece: string, count: number): string {
  return `${piece},`.repeat(count).slice(0, -1);
}

/** Pieces of a list that fit a statement's IN; on some drivers filled up with the last item, which changes nothing there. */
export function listsOf<T>(items: readonly T[], { keepsStatements }: Keeping): T[][] {
  return cut(items, () => STATEMENT_ROWS).map((list) => {
    const last = list.at(-1);
    if (!keepsStatements || last === undefined) return list;
    const length = KEPT_LENGTHS.find((kept) => kept >= list.length) ?? list.length;
    return [...list, ...Array.from({ length: length - list.length }, () => last)];
  });
}

/** Pieces of rows that fit one INSERT, of few different lengths where that is of use. */
export function rowsOf<T>(rows: readonly T[], { keepsStatements }: Keeping): T[][] {
  return cut(rows, (left) =>
    keepsStatements ? (KEPT_LENGTHS.findLast((length) => length <= left) ?? left) : STATEMENT_ROWS,
  );
}

function cut<T>(items: readonly T[], sizeOf: (left: number) => number): T[][] {
  const pieces: T[][] = [];
  for (let start = 0; start < items.length;) {
    const size = sizeOf(items.length - start);
    pieces.push(items.slice(start, start + size));
    start += size;
  }
  return pieces;
}
