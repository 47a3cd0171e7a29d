/** Which toggles depend on which, by their ids. */
export interface Dependency {
  /** The toggle that depends. */
  readonly toggleId: number;
  /** What it depends on. */
  readonly parentToggleId: number;
}

/** The dependencies between the toggles of one environment. */
export class DependencyGraph {
  readonly #parents = new Map<number, number[]>();
  readonly #dependents = new Map<number, number[]>();

  constructor(dependencies: Iterable<Dependency>) {
    for (const { toggleId, parentToggleId } of dependencies) {
      append(this.#parents, toggleId, parentToggleId);
      append(this.#dependents, parentToggleId, toggleId);
    }
  }

  /** The shortest way from a toggle over what it depends on back to itself, both ends included; undefined where there is none. */
  cycleThrough(toggleId: number): number[] | undefined {
    const cameFrom = new Map<number, number>();
    // A set goes on to what is added while it is gone through: this is the queue of a breadth-first search.
    const reached = new Set([toggleId]);
    for (const current of reached) {
      for (const parent of this.#parents.get(current) ?? []) {
        if (parent === toggleId) return wayTo(current, cameFrom, [toggleId]);
        if (!reached.has(parent)) cameFrom.set(parent, current);
        reached.add(parent);
      }
    }
    return undefined;
  }

  /** How many toggles the longest chain of dependencies through a toggle has, itself included; counts no further than `limit` + 1. */
  depthThrough(toggleId: number, limit: number): number {
    const below = longestFrom(toggleId, this.#parents, limit);
    return Math.min(1 + below + longestFrom(toggleId, this.#dependents, limit - below), limit + 1);
  }
}

/** Steps of the longest way from a toggle, counted up to `limit`: with a cycle on it, it would have no end. */
function longestFrom(toggleId: number, next: ReadonlyMap<number, readonly number[]>, limit: number): number {
  let steps = 0;
  let level = new Set([toggleId]);
  while (steps < limit) {
    level = new Set([...level].flatMap((id) => next.get(id) ?? []));
    if (level.size === 0) break;
    steps += 1;
  }
  return steps;
}

function wayTo(last: number, cameFrom: ReadonlyMap<number, number>, end: readonly number[]): number[] {
  const way = [...end];
  for (let current: number | undefined = last; current !== undefined; current = cameFrom.get(current))
    way.unshift(current);
  return way;
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
