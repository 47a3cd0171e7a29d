import { Injectable } from '@nestjs/common';
import { MasterKey } from '../config/index.js';

/** Opened values kept in memory at the most; beyond it the memory starts anew. */
const MAX_OPENED = 10_000;

/**
 * Seals what must not stand in the database as plain text, and opens it again. A sealed text always opens to the same value, so
 * opened values are kept: the worker needs them for every batch.
 */
@Injectable()
export class SealedTexts {
  readonly #opened = new Map<string, string>();

  constructor(private readonly masterKey: MasterKey) {}

  /** A column's value for a secret; the empty secret is null. */
  seal(secret: string): string | null {
    return secret === '' ? null : this.masterKey.seal(secret);
  }

  open(sealed: string | null): string {
    if (sealed === null) return '';
    const known = this.#opened.get(sealed);
    if (known !== undefined) return known;
    const plain = this.masterKey.open(sealed);
    if (this.#opened.size >= MAX_OPENED) this.#opened.clear();
    this.#opened.set(sealed, plain);
    return plain;
  }
}
