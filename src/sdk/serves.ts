import { Undeliverable } from '../evaluation/index.js';
import { isServeUnset, type Serve } from '../targeting-rules/index.js';
import type { SdkServe } from './repository-document.js';

/** A stored serve as SDKs read it. @throws Undeliverable when it doesn't choose among that many variations. */
export function sdkServe({ select, split }: Serve, variations: number): SdkServe {
  if (typeof select === 'number') {
    if (!Number.isInteger(select) || select < 0 || select >= variations)
      throw new Undeliverable(`there is no variation ${select}`);
    return { select };
  }
  if (!Array.isArray(split)) throw new Undeliverable('a serve chooses nothing');
  return { split: { distribution: rangesOf(split) } };
}

/** The same of a serve that may be absent or choose nothing; undefined then. */
export function optionalServe(serve: Serve | null | undefined, variations: number): SdkServe | undefined {
  return serve && !isServeUnset(serve) ? sdkServe(serve, variations) : undefined;
}

/** Weights as consecutive ranges: `[2500, 7500]` becomes `[[[0, 2500]], [[2500, 10000]]]`. */
function rangesOf(weights: readonly number[]): [number, number][][] {
  let end = 0;
  return weights.map((weight) => {
    if (!Number.isInteger(weight) || weight < 0) throw new Undeliverable('a weight is no whole number');
    const start = end;
    end += weight;
    return [[start, end]];
  });
}
