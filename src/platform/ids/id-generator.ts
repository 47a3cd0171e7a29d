import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidV7 } from 'uuid';

/** The only source of identifiers and random secrets. */
@Injectable()
export class IdGenerator {
  /** A UUIDv7: unique everywhere, and growing within this process, so that indexes fill at their end. */
  uuid(): string {
    return uuidV7();
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
}
