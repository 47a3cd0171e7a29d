import { describe, expect, it } from 'vitest';
import { Clock } from '../platform/clock/clock.js';
import { DomainError } from '../platform/errors/index.js';
import { LoginThrottle } from './login-throttle.js';

const MINUTE_MS = 60_000;

class SteppedClock extends Clock {
  time = 1_795_000_000_000;

  override now(): number {
    return this.time;
  }
}

class Door {
  readonly clock = new SteppedClock();
  readonly throttle = new LoginThrottle(this.clock);
  checks = 0;

  /** Answers what became of an attempt: whether it passed, or for how many seconds it was refused. */
  async knock(account: string, address: string, passes = false): Promise<boolean | number> {
    try {
      return await this.throttle.attempt({ account, address }, async () => {
        this.checks += 1;
        await Promise.resolve();
        return passes;
      });
    } catch (error) {
      if (error instanceof DomainError && error.key === 'too_many_attempts')
        return Number(error.params['seconds']);
      throw error;
    }
  }

  async fail(times: number, account: (n: number) => string, address: (n: number) => string): Promise<void> {
    for (let n = 0; n < times; n += 1) expect(await this.knock(account(n), address(n))).toBe(false);
  }
}

describe('LoginThrottle', () => {
  it('locks an account for an address after five failures, without checking any more', async () => {
    const door = new Door();
    await door.fail(
      5,
      (n) => (n % 2 ? 'BOB' : 'bob'),
      () => '10.0.0.1',
    );
    expect(await door.knock('Bob', '10.0.0.1', true)).toBe(900);
    expect(door.checks).toBe(5);
    expect(await door.knock('bob', '10.0.0.2', true)).toBe(true);
    expect(await door.knock('eve', '10.0.0.1', true)).toBe(true);
  });

  it('opens again a quarter of an hour after the first failure', async () => {
    const door = new Door();
    await door.fail(
      4,
      () => 'bob',
      () => '10.0.0.1',
    );
    door.clock.time += 10 * MINUTE_MS;
    expect(await door.knock('bob', '10.0.0.1')).toBe(false);
    expect(await door.knock('bob', '10.0.0.1', true)).toBe(300);
    door.clock.time += 5 * MINUTE_MS;
    expect(await door.knock('bob', '10.0.0.1', true)).toBe(true);
  });

  it('forgets the failures of a pair at a success', async () => {
    const door = new Door();
    for (let round = 0; round < 3; round += 1) {
      await door.fail(
        4,
        () => 'bob',
        () => '10.0.0.1',
      );
      expect(await door.knock('bob', '10.0.0.1', true)).toBe(true);
    }
  });

  it('locks an address after fifty failures at different accounts, an IPv6 one with its network', async () => {
    const door = new Door();
    await door.fail(
      50,
      (n) => `account${n}`,
      (n) => `2001:db8:0:1::${n + 1}`,
    );
    expect(await door.knock('bob', '2001:db8::1:ffff:0:0:1', true)).toBe(900);
    expect(await door.knock('bob', '2001:db8:0:2::1', true)).toBe(true);
  });

  it('locks an account after a hundred failures from different addresses', async () => {
    const door = new Door();
    await door.fail(
      100,
      () => 'bob',
      (n) => `10.0.0.${n}`,
    );
    expect(await door.knock('bob', '10.1.0.1', true)).toBe(900);
    expect(await door.knock('eve', '10.1.0.1', true)).toBe(true);
  });

  it('lets no more through when many come at once', async () => {
    const door = new Door();
    const answers = await Promise.all(Array.from({ length: 40 }, () => door.knock('bob', '10.0.0.1')));
    expect(answers.filter((answer) => answer === false)).toHaveLength(5);
    expect(door.checks).toBe(5);
  });

  it('goes on after a check that threw', async () => {
    const door = new Door();
    const failing = door.throttle.attempt({ account: 'bob', address: '10.0.0.1' }, () =>
      Promise.reject(new Error('no database')),
    );
    await expect(failing).rejects.toThrow('no database');
    expect(await door.knock('bob', '10.0.0.1', true)).toBe(true);
  });
});
