import type { EntityManager } from 'typeorm';
import type { MasterKey } from '../config/index.js';

/** Where sealed values stand. */
interface SealedColumn {
  readonly tableName: string;
  readonly columnName: string;
}

interface SealedRow {
  readonly id: number | string;
  readonly sealed: string;
}

/** A value as it was before, to compare with what was written. */
interface Resealed {
  readonly id: number | string;
  readonly plain: string;
}

/** Every column named `sealed_…`, in tables whose primary key is `id`: that is where `MasterKey.seal`'s results are kept. */
const FIND_COLUMNS = {
  sqlite: `SELECT t.name AS tableName, c.name AS columnName FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND c.name LIKE 'sealed!_%' ESCAPE '!' ORDER BY 1, 2`,
  mysql: `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME LIKE 'sealed!_%' ESCAPE '!' ORDER BY 1, 2`,
};

/**
 * Seals every sealed value anew, and reads each again to see that it opens with the new key alone. To be called in a unit of
 * work, so that all of them change or none. Values that the new key sealed already stay.
 * @param from opens what there is
 * @returns how many were sealed anew
 * @throws Error that names the row of a value which opens with no key at hand, or not as it should
 */
export async function resealAll(manager: EntityManager, from: MasterKey, to: MasterKey): Promise<number> {
  let count = 0;
  for (const column of await sealedColumns(manager)) {
    const resealed = await resealColumn(manager, column, from, to);
    await verify(manager, column, to, resealed);
    count += resealed.length;
  }
  return count;
}

async function sealedColumns(manager: EntityManager): Promise<SealedColumn[]> {
  const { type } = manager.dataSource.options;
  return manager.query(type === 'better-sqlite3' ? FIND_COLUMNS.sqlite : FIND_COLUMNS.mysql);
}

async function resealColumn(
  manager: EntityManager,
  column: SealedColumn,
  from: MasterKey,
  to: MasterKey,
): Promise<Resealed[]> {
  const { tableName, columnName } = column;
  const stale = (await readColumn(manager, column)).filter(({ sealed }) => !to.opens(sealed));
  const resealed: Resealed[] = [];
  for (const { id, sealed } of stale) {
    const plain = openNaming(from, sealed, column, id);
    await manager.query(`UPDATE ${tableName} SET ${columnName} = ? WHERE id = ?`, [to.seal(plain), id]);
    resealed.push({ id, plain });
  }
  return resealed;
}

async function verify(
  manager: EntityManager,
  column: SealedColumn,
  to: MasterKey,
  resealed: readonly Resealed[],
): Promise<void> {
  const expected = new Map(resealed.map(({ id, plain }) => [id, plain]));
  for (const { id, sealed } of await readColumn(manager, column)) {
    const plain = openNaming(to, sealed, column, id);
    if (plain !== (expected.get(id) ?? plain)) throw new Error(`${nameOf(column, id)} came out changed`);
  }
}

/** Locks the rows where the database can: a server that runs on must not write between. */
async function readColumn(
  manager: EntityManager,
  { tableName, columnName }: SealedColumn,
): Promise<SealedRow[]> {
  const lock = manager.dataSource.options.type === 'better-sqlite3' ? '' : 'FOR UPDATE';
  return manager.query(
    `SELECT id, ${columnName} AS sealed FROM ${tableName} WHERE ${columnName} IS NOT NULL ORDER BY id ${lock}`,
  );
}

function openNaming(key: MasterKey, sealed: string, column: SealedColumn, id: number | string): string {
  try {
    return key.open(sealed);
  } catch (error) {
    throw new Error(`${nameOf(column, id)} opens with no master key at hand; nothing was changed`, {
      cause: error,
    });
  }
}

function nameOf({ tableName, columnName }: SealedColumn, id: number | string): string {
  return `${columnName} of ${tableName} ${id}`;
}
