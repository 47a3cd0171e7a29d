import type { Pattern } from './pattern.js';

/**
 * What an engine that backtracks without remembering may have to try, at worst: `ways × n ^ degree` ways to match the
 * pattern from one place in a text of n code units. An upper bound; Infinity where no power of n is one.
 */
export interface BacktrackingCost {
  readonly ways: number;
  readonly degree: number;
}

const ONE_WAY: BacktrackingCost = { ways: 1, degree: 0 };

/** Bounds the ways to match a pattern. */
export function costOf(pattern: Pattern): BacktrackingCost {
  switch (pattern.kind) {
    case 'units':
    case 'assertion':
      return ONE_WAY;
    case 'look':
      return costOf(pattern.item);
    case 'sequence':
      return pattern.items.map(costOf).reduce(inTurn, ONE_WAY);
    case 'choice':
      return pattern.options.map(costOf).reduce(either);
    case 'repeat':
      return costOfRepeat(costOf(pattern.item), pattern.min, pattern.max);
  }
}

/** Where there is one way to match the item, what can be chosen is how often. */
function costOfRepeat(item: BacktrackingCost, min: number, max: number): BacktrackingCost {
  const isOneWay = item.ways === 1 && item.degree === 0;
  if (isOneWay) return max === Infinity ? { ways: 1, degree: 1 } : { ways: max - min + 1, degree: 0 };
  if (max === Infinity) return { ways: Infinity, degree: Infinity };
  return { ways: (max - min + 1) * item.ways ** max, degree: item.degree * max };
}

function inTurn(a: BacktrackingCost, b: BacktrackingCost): BacktrackingCost {
  return { ways: a.ways * b.ways, degree: a.degree + b.degree };
}

function either(a: BacktrackingCost, b: BacktrackingCost): BacktrackingCost {
  return { ways: a.ways + b.ways, degree: Math.max(a.degree, b.degree) };
}
