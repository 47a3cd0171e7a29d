import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '../../platform/clock/clock.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { ReachPace } from './reach-pace.js';

class StillClock extends Clock {
  at = 10_000;

  override now(): number {
    return this.at;
  }
}

const touchpointOf = (config: Partial<Touchpoint['config']> = {}): Touchpoint =>
  ({ id: 5, config: { maxInFlight: 10, batchSize: 500, ...config } }) as Touchpoint;

const NOTHING = { requests: 0, users: 0 };

describe('ReachPace', () => {
  let clock: StillClock;
  let pace: ReachPace;

  beforeEach(() => {
    clock = new StillClock();
    pace = new ReachPace(clock);
  });

  it('keeps twice as many requests ahead as may be on the way', () => {
    expect(pace.room(touchpointOf(), NOTHING)).toEqual({ requests: 20, users: Infinity });
    expect(pace.room(touchpointOf(), { requests: 15, users: 7500 })).toEqual({
      requests: 5,
      users: Infinity,
    });
    expect(pace.room(touchpointOf({ maxInFlight: 1 }), NOTHING)).toEqual({ requests: 2, users: Infinity });
  });

  it('waits until a quarter is free', () => {
    expect(pace.room(touchpointOf(), { requests: 16, users: 16 })).toBeUndefined();
    expect(pace.room(touchpointOf({ usersPerSecond: 1000 }), { requests: 3, users: 1500 })?.users).toBe(500);
    expect(pace.room(touchpointOf({ usersPerSecond: 1000 }), { requests: 3, users: 1501 })).toBeUndefined();
  });

  it('keeps as many ahead as a quick endpoint takes in a second', () => {
    const requests = (): number | undefined => pace.room(touchpointOf(), NOTHING)?.requests;
    pace.ended(5, 700);
    expect(requests()).toBe(700);
    clock.at += 1000;
    pace.ended(5, 3);
    expect(requests()).toBe(700);
    clock.at += 1000;
    expect(requests()).toBe(20);
    pace.ended(5, 50_000);
    expect(requests()).toBe(2000);
  });

  it('keeps no more users ahead than a limited endpoint takes in two seconds, however few of them a request has', () => {
    const limited = touchpointOf({ usersPerSecond: 1000 });
    expect(pace.room(limited, NOTHING)).toEqual({ requests: 20, users: 2000 });
    expect(pace.room(limited, { requests: 10, users: 10 })).toEqual({ requests: 10, users: 1990 });
    pace.ended(5, 900);
    expect(pace.room(limited, { requests: 200, users: 200 })).toEqual({ requests: 700, users: 1800 });
  });

  it('always has the next request at hand, though it has more users than the limit lets go', () => {
    const slow = touchpointOf({ usersPerSecond: 10 });
    expect(pace.room(slow, NOTHING)).toEqual({ requests: 20, users: 20 });
    expect(pace.room(slow, { requests: 1, users: 500 })).toEqual({ requests: 19, users: 1 });
    expect(pace.room(slow, { requests: 2, users: 1000 })).toBeUndefined();
    expect(
      pace.room(touchpointOf({ maxInFlight: 1, usersPerSecond: 10 }), { requests: 1, users: 500 }),
    ).toEqual({ requests: 1, users: 1 });
  });
});
