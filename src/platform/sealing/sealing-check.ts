import type { DataSource, EntityManager } from 'typeorm';
import type { MasterKey } from '../config/index.js';
import { isUniqueViolation } from '../database/dialect.js';

/** What the check value opens to. It is no secret: that it opens is what counts. */
const KNOWN_TEXT = 'flagpost';

/**
 * Refuses a master key that is not the database's. At the first start there is nothing to compare with: then a value is sealed
 * with this key, and all later starts compare with that.
 * @throws Error that names the setting
 */
export async function checkMasterKey(dataSource: DataSource, masterKey: MasterKey): Promise<void> {
  const sealed = (await readCheck(dataSource.manager)) ?? (await makeCheck(dataSource, masterKey));
  if (masterKey.opens(sealed)) return;
  throw new Error(
    'This database was sealed with another master key. Set MASTER_KEY to that one, or put its key file back beside the database ' +
      'file; the secrets in the database can be read with no other key.',
  );
}

/** The sealed check value; undefined before the first start. */
export async function readCheck(manager: EntityManager): Promise<string | undefined> {
  const rows = (await manager.query('SELECT sealed_check FROM sealing_check')) as { sealed_check: string }[];
  return rows[0]?.sealed_check;
}

/** Of several processes that start at once one makes it, and the others compare with that. */
async function makeCheck(dataSource: DataSource, masterKey: MasterKey): Promise<string> {
  const sealed = masterKey.seal(KNOWN_TEXT);
  try {
    await dataSource.query('INSERT INTO sealing_check (id, sealed_check) VALUES (1, ?)', [sealed]);
    return sealed;
  } catch (error) {
    const made = isUniqueViolation(error) ? await readCheck(dataSource.manager) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}
