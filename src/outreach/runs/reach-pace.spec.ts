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

describe('ReachPace', () => {
  let clock: StillClock;
  let pace: ReachPace;

  beforeEach(() => {
    clock = new StillClock();
    pace = new ReachPace(clock);
  });

  it('keeps twice as many requests ahead as may be on the way', () => {
    expect(pace.ahead(touchpointOf())).toBe(20);
    expect(pace.ahead(touchpointOf({ maxInFlight: 1 }))).toBe(2);
  });

  it('keeps as many ahead as a quick endpoint takes in a second', () => {
    pace.ended(5, 700);
    expect(pace.ahead(touchpointOf())).toBe(700);
    clock.at += 1000;
    pace.ended(5, 3);
    expect(pace.ahead(touchpointOf())).toBe(700);
    clock.at += 1000;
    expect(pace.ahead(touchpointOf())).toBe(20);
    pace.ended(5, 50_000);
    expect(pace.ahead(touchpointOf())).toBe(2000);
  });

  it('keeps no more ahead than a limited endpoint takes in two seconds, but always the next one', () => {
    expect(pace.ahead(touchpointOf({ usersPerSecond: 1000 }))).toBe(4);
    expect(pace.ahead(touchpointOf({ usersPerSecond: 10 }))).toBe(2);
    expect(pace.ahead(touchpointOf({ usersPerSecond: 1000, batchSize: 1 }))).toBe(20);
    pace.ended(5, 900);
    expect(pace.ahead(touchpointOf({ usersPerSecond: 1000, batchSize: 1 }))).toBe(900);
  });
});
