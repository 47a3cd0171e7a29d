import { Injectable } from '@nestjs/common';
import { MasterKey } from '../platform/config/index.js';

/** Extra request headers by their names as sent. */
export type HeaderValues = Readonly<Record<string, string>>;

/** Opened values kept in memory at the most; beyond it the memory starts anew. */
const MAX_OPENED = 10_000;

/**
 * Seals what must not stand in the database as plain text, and opens it again. A sealed text always opens to the same value, so
 * opened values are kept: the worker needs them for every batch.
 */
@Injectable()
export class WebhookSecrets {
  readonly #opened = new Map<string, string>();

  constructor(private readonly masterKey: MasterKey) {}

  /** The column's value for a secret; the empty secret, which signs nothing, is null. */
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

  sealHeaders(headers: HeaderValues): string | null {
    return Object.keys(headers).length === 0 ? null : this.masterKey.seal(JSON.stringify(headers));
  }

  openHeaders(sealed: string | null): HeaderValues {
    return sealed === null ? {} : (JSON.parse(this.open(sealed)) as HeaderValues);
  }
}
