import type { Figure } from './context.js';
import { round } from './statistics.js';

/** A value to be known, rounded. */
export function figure(name: string, value: number, unit?: string, digits = digitsOf(unit)): Figure {
  return { name, value: round(value, digits), unit };
}

/** A value that should be so much at least; judged before it is rounded. */
export function atLeast(bound: number, name: string, value: number, unit?: string): Figure {
  return { ...figure(name, value, unit), target: `≥ ${bound}`, met: value >= bound };
}

/** A value that should be so much at most; judged before it is rounded. */
export function atMost(bound: number, name: string, value: number, unit?: string): Figure {
  return { ...figure(name, value, unit), target: `≤ ${bound}`, met: value <= bound };
}

/** Ratios have no unit and need their digits. */
function digitsOf(unit: string | undefined): number {
  if (unit === undefined || unit === 'cores') return 2;
  return unit === 'ms' ? 1 : 0;
}
