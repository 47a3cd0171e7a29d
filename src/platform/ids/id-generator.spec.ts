import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { version } from 'uuid';
import { IdGenerator } from './id-generator.js';

describe(IdGenerator.name, () => {
  let generator: IdGenerator;

  beforeEach(() => {
    generator = new IdGenerator();
  });
  afterEach(() => void vi.useRealTimers());

  it('gives UUIDs of version 7 that differ, and grow', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => ({ index, id: generator.uuid() }));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
    expect(ids.every(({ id }) => version(id) === 7)).toBe(true);
    expect(ids.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(ids);
  });

  it('goes on growing where the clock stands still or is set back', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    const first = generator.uuid();
    const second = generator.uuid();
    vi.setSystemTime(1_700_000_000_000);
    const third = generator.uuid();
    vi.setSystemTime(1_800_000_000_001);
    const fourth = generator.uuid();
    expect([fourth, third, second, first].toSorted()).toEqual([first, second, third, fourth]);
  });

  it('shares nothing among processes but the time', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    const [ours, theirs] = [generator.uuid(), new IdGenerator().uuid()];
    expect(ours.slice(0, 14)).toBe(theirs.slice(0, 14));
    expect(ours.slice(-12)).not.toBe(theirs.slice(-12));
  });

  it('knows the least id of an instant', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    const id = new IdGenerator().uuid();
    expect(generator.uuidFloor(1_800_000_000_000) <= id).toBe(true);
    expect(generator.uuidFloor(1_800_000_000_001) > id).toBe(true);
  });
});
