import { randomBytes, randomFillSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidV7 } from 'uuid';

/** Random bytes for ids come so many at a time: asking the system for them costs more than all else of an id, whatever their number. */
const POOL_BYTES = 4096;
const ID_BYTES = 16;

/** The greatest number that tells the ids of a millisecond apart: 32 bits. */
const LAST_OF_MILLISECOND = 0xffff_ffff;

/** The only source of identifiers and random secrets. */
@Injectable()
export class IdGenerator {
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #used = POOL_BYTES;
  #latest = { msecs: 0, seq: 0 };

  /** A UUIDv7: unique everywhere, and growing within this process, so that indexes fill at their end. */
  uuid(): string {
    const random = this.#random();
    const msecs = Date.now();
    const { msecs: latest, seq } = this.#latest;
    // Half of the numbers are left for those that follow within the millisecond.
    if (msecs > latest) this.#latest = { msecs, seq: random.readUInt32BE(6) >>> 1 };
    else if (seq < LAST_OF_MILLISECOND) this.#latest = { msecs: latest, seq: seq + 1 };
    else this.#latest = { msecs: latest + 1, seq: 0 };
    return uuidV7({ random, ...this.#latest });
  }

  /** The least UUIDv7 of an instant, epoch milliseconds: ids made before it are less. */
  uuidFloor(instant: number): string {
    const time = Math.max(Math.floor(instant), 0).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
  }

  /** `bytes` random bytes as lower-case hexadecimal text of twice that length. */
  hex(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  }

  #random(): Buffer {
    if (this.#used + ID_BYTES > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    this.#used += ID_BYTES;
    return this.#pool.subarray(this.#used - ID_BYTES, this.#used);
  }
}
