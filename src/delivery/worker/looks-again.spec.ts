import { beforeEach, describe, expect, it } from 'vitest';
import { LooksAgain } from './looks-again.js';

describe('looks again', () => {
  let looked: number[];
  let timers: (() => void)[];
  let looks: LooksAgain;

  beforeEach(() => {
    looked = [];
    timers = [];
    const setTimer = (_ms: number, run: () => void): (() => void) => {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    };
    looks = new LooksAgain({ setTimer }, (ids) => looked.push(...ids));
  });

  const passTime = (): void => timers.splice(0).forEach((run) => run());
  const settle = (ids: readonly number[], due: readonly number[]): void =>
    looks.settled(new Set(ids), new Set(due));
  const claim = (ids: readonly number[], exhausted: readonly number[]): void => {
    looks.begin(ids);
    looks.claimed(ids, exhausted);
  };

  it('come at once where the last claim left something', () => {
    claim([1, 2], [2]);
    looks.ended([1, 2]);
    expect(looked).toEqual([1]);
    settle([1, 2], []);
    expect(looked).toEqual([1, 1]);
  });

  it('come at once where a result let the next in line go', () => {
    claim([1, 2], [1, 2]);
    settle([1, 2], [2]);
    expect(looked).toEqual([2]);
  });

  it('come at once for what was never claimed for', () => {
    looks.ended([1]);
    settle([2], []);
    expect(looked).toEqual([1, 2]);
  });

  it('come once more, a little later, where nothing is left', () => {
    claim([1, 2], [1, 2]);
    settle([1], []);
    settle([2], []);
    expect(looked).toEqual([]);
    passTime();
    expect(looked).toEqual([1, 2]);
    passTime();
    expect(looked).toEqual([1, 2]);
  });

  it('need not come where a claim began since', () => {
    claim([1], [1]);
    settle([1], []);
    claim([1], [1]);
    passTime();
    expect(looked).toEqual([]);
  });

  it('come all the same where the claim had begun before', () => {
    claim([1], [1]);
    looks.begin([1]);
    settle([1], []);
    looks.claimed([1], [1]);
    passTime();
    expect(looked).toEqual([1]);
  });

  it('come no more when the worker stops', () => {
    claim([1], [1]);
    settle([1], []);
    looks.close();
    passTime();
    expect(looked).toEqual([]);
  });
});
