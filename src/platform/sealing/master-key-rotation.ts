import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { KeyFile, MasterKey, SettingsError, type Settings } from '../config/index.js';
import { openDataSource } from '../database/data-source.factory.js';
import { SqliteFileLock } from '../database/sqlite-file-lock.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { Log } from '../log/logger.js';
import { readCheck } from './sealing-check.js';
import { resealAll } from './sealed-values.js';

/** What a rotation came to. */
export interface RotationReport {
  /** How many values were sealed anew, the check value included. */
  readonly resealed: number;
  /** Where the new key is kept; absent: the operator has to put it into MASTER_KEY. */
  readonly keyFile: string | undefined;
}

/**
 * Seals everything with a new master key, in one transaction:
 *
 *     next key on the disk ── all values sealed anew, each read again ── commit ── next key takes the present one's place
 *
 * A process that dies between leaves both key files behind, and the next start or rotation ends it (`settle`). Without a key
 * file the keys are the settings' affair, and only the middle of this happens.
 * @throws Error when the present key is not the database's, or a value can't be opened; nothing has changed then
 */
export async function rotateMasterKey(settings: Settings, log: Log): Promise<RotationReport> {
  return holdingTheFile(settings, async () => {
    const dataSource = await openDataSource(settings.database, {});
    try {
      return await rotate(dataSource, settings, log);
    } finally {
      await dataSource.destroy();
    }
  });
}

/** Ends a rotation that was cut off, so that the key file has the database's key. To be called before the key is read. */
export async function endInterruptedRotation(settings: Settings): Promise<void> {
  const file = KeyFile.of(settings);
  if (!file?.hasNext) return;
  await holdingTheFile(settings, async () => {
    const dataSource = await openDataSource(settings.database, {});
    try {
      await settle(dataSource, file);
    } finally {
      await dataSource.destroy();
    }
  });
}

async function rotate(dataSource: DataSource, settings: Settings, log: Log): Promise<RotationReport> {
  const file = KeyFile.of(settings);
  if (file) await settle(dataSource, file);
  const present = file ? [file.readOrMake()] : settings.masterKeys;
  const next = settings.newMasterKey ?? (file ? randomBytes(32) : listedFirst(settings));
  const from = new MasterKey(next, ...present);
  await refuseWrongKey(dataSource, from);

  file?.writeNext(next);
  try {
    const units = new UnitOfWork(dataSource, dataSource, log);
    const resealed = await units.run(() => resealAll(units.manager, from, new MasterKey(next)));
    return { resealed, keyFile: file?.path };
  } finally {
    if (file) await settle(dataSource, file);
  }
}

/** Whether a commit went through is asked of the database, which alone knows. */
async function settle(dataSource: DataSource, file: KeyFile): Promise<void> {
  if (!file.hasNext) return;
  const sealed = await readCheck(dataSource.manager);
  file.settle((key) => sealed !== undefined && new MasterKey(key).opens(sealed));
}

/** While two keys are in use the first is the new one. */
function listedFirst({ masterKeys }: Settings): Buffer {
  const [first, second] = masterKeys;
  if (first && second) return first;
  throw new SettingsError([
    'NEW_MASTER_KEY is needed, from `openssl rand -base64 32`; or MASTER_KEY with two keys, the new one first',
  ]);
}

async function refuseWrongKey(dataSource: DataSource, key: MasterKey): Promise<void> {
  const sealed = await sealedCheckOf(dataSource);
  if (sealed === undefined)
    throw new Error('This version of Flagpost has never used that database; start it once, then rotate.');
  if (!key.opens(sealed))
    throw new Error('MASTER_KEY, or the key file, is not the key of this database; nothing was changed.');
}

async function sealedCheckOf(dataSource: DataSource): Promise<string | undefined> {
  const runner = dataSource.createQueryRunner();
  try {
    return (await runner.hasTable('sealing_check')) ? await readCheck(runner.manager) : undefined;
  } finally {
    await runner.release();
  }
}

/** A server on the same SQLite file would go on with the key it has read: that one, or this, is refused. */
async function holdingTheFile<T>({ database }: Settings, work: () => Promise<T>): Promise<T> {
  if (database.kind !== 'sqlite') return work();
  if (!existsSync(database.file)) throw new Error(`There is no database file ${database.file}`);
  const lock = SqliteFileLock.acquire(database.file);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
