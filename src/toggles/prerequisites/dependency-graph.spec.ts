import { describe, expect, it } from 'vitest';
import { DependencyGraph } from './dependency-graph.js';

/** A graph of these pairs: the first toggle depends on the second. */
const graph = (...pairs: [number, number][]): DependencyGraph =>
  new DependencyGraph(pairs.map(([toggleId, parentToggleId]) => ({ toggleId, parentToggleId })));

const chain = (length: number): [number, number][] =>
  Array.from({ length: length - 1 }, (_, index) => [index, index + 1]);

describe('a graph of dependencies', () => {
  it('finds the shortest cycle through a toggle', () => {
    expect(graph([1, 2], [2, 3], [3, 1]).cycleThrough(2)).toEqual([2, 3, 1, 2]);
    expect(graph([1, 2], [2, 3], [3, 4], [4, 1], [2, 1]).cycleThrough(1)).toEqual([1, 2, 1]);
    expect(graph([1, 1]).cycleThrough(1)).toEqual([1, 1]);
  });

  it('does not mind toggles that two others depend on, nor cycles elsewhere', () => {
    expect(graph([1, 2], [1, 3], [2, 4], [3, 4]).cycleThrough(1)).toBeUndefined();
    expect(graph([1, 2], [2, 3], [3, 2]).cycleThrough(1)).toBeUndefined();
    expect(graph().cycleThrough(1)).toBeUndefined();
  });

  it('counts the toggles of the longest chain, on both sides', () => {
    expect(graph().depthThrough(1, 20)).toBe(1);
    expect(graph(...chain(20)).depthThrough(0, 20)).toBe(20);
    expect(graph(...chain(20)).depthThrough(11, 20)).toBe(20);
    expect(graph([1, 4], [1, 2], [2, 3], [3, 4]).depthThrough(4, 20)).toBe(4);
  });

  it('counts one further than the limit, through cycles too', () => {
    expect(graph(...chain(21)).depthThrough(10, 20)).toBe(21);
    expect(graph(...chain(21)).depthThrough(20, 20)).toBe(21);
    expect(graph(...chain(500)).depthThrough(250, 20)).toBe(21);
    expect(graph([1, 2], [2, 3], [3, 2]).depthThrough(1, 20)).toBe(21);
  });
});
