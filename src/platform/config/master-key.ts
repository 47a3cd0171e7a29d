import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Settings } from './settings.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 'v1:';

/**
 * The key that protects secrets at rest. `seal` and `open` are AES-256-GCM with a fresh nonce a value; `derive` gives
 * independent keys for other uses, so that one setting is enough. Prints as `***` wherever it is logged.
 */
export class MasterKey {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = Buffer.from(hkdfSync('sha256', key, '', 'flagpost secrets at rest', 32));
    this.#root = key;
  }

  readonly #root: Buffer;

  /** Encrypts text for storage. Two calls never give the same result. */
  seal(plain: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return FORMAT + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
  }

  /**
   * Decrypts what `seal` made.
   * @throws Error when the value was made with another key or was changed.
   */
  open(sealed: string): string {
    if (!sealed.startsWith(FORMAT)) throw new Error('A stored secret has an unknown form');
    const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64');
    const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return (
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    );
  }

  /** A 32-byte key of its own for `purpose`, the same at every start. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, '', purpose, 32));
  }

  toJSON(): string {
    return '***';
  }
}

/**
 * The master key of the settings, or, for SQLite alone, one made at the first start and kept beside the database file,
 * readable by its owner only.
 */
export function resolveMasterKey(settings: Settings): MasterKey {
  if (settings.masterKey) return new MasterKey(settings.masterKey);
  if (settings.database.kind !== 'sqlite') throw new Error('MASTER_KEY is needed with MySQL');
  const file = `${settings.database.file}.key`;
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new Error(`The master key in ${file} is not 32 bytes in base64`);
  return new MasterKey(key);
}
