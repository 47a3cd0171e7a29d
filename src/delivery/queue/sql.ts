/** Rows per multi-row statement: well under SQLite's 32,766 parameters. */
const CHUNK_ROWS = 500;

/** `?,?,?` for a list of this length. */
export function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(',');
}

/** `(?,?),(?,?)` for so many rows of so many columns. */
export function rowPlaceholders(rows: number, columns: number): string {
  const row = `(${placeholders(columns)})`;
  return Array.from({ length: rows }, () => row).join(',');
}

/** Splits a list into pieces that fit one statement. */
export function chunksOf<T>(items: readonly T[], size = CHUNK_ROWS): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
