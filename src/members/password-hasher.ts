import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default) with the parameters OWASP recommends: 19 MiB, two passes, one lane. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Turns passwords into what may be stored. Takes tens of milliseconds by design: never call it in a unit of work. */
@Injectable()
export class PasswordHasher {
  /** A PHC string with its own salt: two calls never give the same. */
  hash(password: string): Promise<string> {
    return hash(password, OPTIONS);
  }

  /** Whether a stored hash was made from this password. */
  matches(storedHash: string, password: string): Promise<boolean> {
    return verify(storedHash, password);
  }
}
