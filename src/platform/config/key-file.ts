import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Settings } from './settings.js';

const KEY_BYTES = 32;

/**
 * The file beside the SQLite database that keeps its master key, readable by its owner only. While the key is rotated the next one
 * lies beside it, `….key.next`, on the disk before the database is sealed with it: whenever the process dies, one of the two
 * files has the key that the database needs, and `settle` finds out which.
 */
export class KeyFile {
  private constructor(readonly path: string) {}

  /** Undefined where the key comes from the settings. */
  static of({ database, masterKeys }: Settings): KeyFile | undefined {
    const applies = database.kind === 'sqlite' && masterKeys.length === 0;
    return applies ? new KeyFile(`${database.file}.key`) : undefined;
  }

  /** The key; made here when there is none. */
  readOrMake(): Buffer {
    if (!existsSync(this.path)) {
      mkdirSync(dirname(this.path), { recursive: true });
      writeKey(this.path, randomBytes(KEY_BYTES));
    }
    const key = readKey(this.path);
    if (!key) throw new Error(`The master key in ${this.path} is not ${KEY_BYTES} bytes in base64`);
    return key;
  }

  get hasNext(): boolean {
    return existsSync(this.#next);
  }

  /** Keeps the next key safe before anything is sealed with it. */
  writeNext(key: Buffer): void {
    writeKey(this.#next, key);
  }

  /**
   * Ends a rotation, one that was cut off too: of the two keys the one stays that the database is sealed with.
   * @param isRight whether the database is sealed with a key
   * @throws Error when it is sealed with neither; both files stay
   */
  settle(isRight: (key: Buffer) => boolean): void {
    const present = existsSync(this.path) ? readKey(this.path) : undefined;
    const next = readKey(this.#next);
    if (present && isRight(present)) rmSync(this.#next);
    else if (next && isRight(next)) renameSync(this.#next, this.path);
    else throw new Error(`Neither ${this.path} nor ${this.#next} has the key of this database; restore it`);
    syncFolderOf(this.path);
  }

  get #next(): string {
    return `${this.path}.next`;
  }
}

function writeKey(path: string, key: Buffer): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, `${key.toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolderOf(path);
}

/** Undefined for a file that was damaged, or cut off while it was written. */
function readKey(path: string): Buffer | undefined {
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}

/** A file's name outlives a power cut only when its folder was synced; Windows has no such thing. */
function syncFolderOf(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
