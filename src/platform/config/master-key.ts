import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { KeyFile } from './key-file.js';
import type { Settings } from './settings.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 'v1:';
const SEALING = 'flagpost secrets at rest';

/**
 * The key that protects secrets at rest. `seal` and `open` are AES-256-GCM with a fresh nonce a value; `derive` gives
 * independent keys for other uses, so that one setting is enough. While the key is being rotated there are others beside it,
 * which open but never seal. Prints as `***` wherever it is logged.
 */
export class MasterKey {
  readonly #roots: readonly [Buffer, ...Buffer[]];
  readonly #keys: readonly [Buffer, ...Buffer[]];

  /** @param others further keys that what is stored may be sealed with */
  constructor(key: Buffer, ...others: Buffer[]) {
    this.#roots = [key, ...others];
    this.#keys = this.deriveAll(SEALING);
  }

  /** Encrypts text for storage. Two calls never give the same result. */
  seal(plain: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#keys[0], nonce);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return FORMAT + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
  }

  /**
   * Decrypts what `seal` made, be it with one of the other keys.
   * @throws Error when the value was made with a key that is not here, or was changed.
   */
  open(sealed: string): string {
    if (!sealed.startsWith(FORMAT)) throw new Error('A stored secret has an unknown form');
    const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64');
    for (const key of this.#keys) {
      try {
        return decrypted(bytes, key);
      } catch {
        // GCM tells a wrong key from the right one; the next may be it.
      }
    }
    throw new Error('A stored secret was sealed with another master key, or was changed');
  }

  /** Whether this is the key, or one of the keys, that a value was sealed with. */
  opens(sealed: string): boolean {
    try {
      this.open(sealed);
      return true;
    } catch {
      return false;
    }
  }

  /** A 32-byte key of its own for `purpose`, the same at every start. */
  derive(purpose: string): Buffer {
    return this.deriveAll(purpose)[0];
  }

  /** The key for `purpose`, and after it those of the other keys: for checking what was made before the key changed. */
  deriveAll(purpose: string): readonly [Buffer, ...Buffer[]] {
    const [first, ...others] = this.#roots;
    return [derived(first, purpose), ...others.map((root) => derived(root, purpose))];
  }

  toJSON(): string {
    return '***';
  }
}

function derived(root: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, '', purpose, 32));
}

function decrypted(bytes: Buffer, key: Buffer): string {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

/**
 * The master key of the settings, or, for SQLite alone, one made at the first start and kept beside the database file,
 * readable by its owner only.
 */
export function resolveMasterKey(settings: Settings): MasterKey {
  const [key, ...others] = settings.masterKeys;
  if (key) return new MasterKey(key, ...others);
  const file = KeyFile.of(settings);
  if (!file) throw new Error('MASTER_KEY is needed with MySQL');
  return new MasterKey(file.readOrMake());
}
