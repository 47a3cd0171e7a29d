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

  /** `bytes` random bytes as lower-case hexadecimal text of twice that length. */
  hex(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  }
}
