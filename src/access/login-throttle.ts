import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { Mutex } from '../platform/database/mutex.js';
import { DomainError } from '../platform/errors/index.js';
import { networkOf } from './network.js';
import { FailureCounter } from './failure-counter.js';

/** Failures are forgotten this long after the first of them. */
const WINDOW_MS = 15 * 60_000;

/** Failed attempts allowed in that time: at one account from one address, from one address, at one account. */
const PER_PAIR = 5;
const PER_ADDRESS = 50;
const PER_ACCOUNT = 100;

/** Keys kept in memory for each of the three. */
const CAPACITY = 10_000;

/** Who tries to sign in as whom. */
export interface LoginAttempt {
  readonly account: string;
  readonly address: string;
}

/**
 * Slows down the guessing of passwords, in this process. Attempts go one at a time, so that many at once can't slip past a
 * limit before the first of them has failed, and so that hashing leaves threads free for everything else.
 */
@Injectable()
export class LoginThrottle {
  readonly #pairs = new FailureCounter(PER_PAIR, WINDOW_MS, CAPACITY);
  readonly #addresses = new FailureCounter(PER_ADDRESS, WINDOW_MS, CAPACITY);
  readonly #accounts = new FailureCounter(PER_ACCOUNT, WINDOW_MS, CAPACITY);
  readonly #turns = new Mutex();

  constructor(private readonly clock: Clock) {}

  /**
   * Runs `check` unless too much has failed lately, and counts how it went.
   * @throws DomainError `too_many_attempts` without running it.
   */
  attempt({ account, address }: LoginAttempt, check: () => Promise<boolean>): Promise<boolean> {
    const person = account.toLowerCase();
    const network = networkOf(address);
    const pair = `${network} ${person}`;
    return this.#turns.run(async () => {
      this.#refuseLocked(pair, network, person);
      const passed = await check();
      if (passed) this.#pairs.reset(pair);
      else this.#countFailure(pair, network, person);
      return passed;
    });
  }

  #refuseLocked(pair: string, network: string, person: string): void {
    const now = this.clock.now();
    const lockedMs = Math.max(
      this.#pairs.lockedFor(pair, now),
      this.#addresses.lockedFor(network, now),
      this.#accounts.lockedFor(person, now),
    );
    if (lockedMs > 0) throw new DomainError('too_many_attempts', { seconds: Math.ceil(lockedMs / 1000) });
  }

  #countFailure(pair: string, network: string, person: string): void {
    const now = this.clock.now();
    this.#pairs.count(pair, now);
    this.#addresses.count(network, now);
    this.#accounts.count(person, now);
  }
}
