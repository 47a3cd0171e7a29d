import { hash } from 'node:crypto';
import type { Serve, Split, Toggle } from './repository.js';
import { attributeOf, type User } from './user.js';

/** How many buckets users are divided into: a bucket is a hundredth of a percent. */
export const BUCKETS = 10_000;

/** What SDKs report for a bucket that no range of a split holds; valid content leaves none out. */
export const NO_VARIATION = -1;

/** An attribute that something depends on, and that the user lacks. */
export interface MissingAttribute {
  readonly attribute: string;
}

/**
 * The position of the variation served; or the attribute that choosing needs; or undefined, where nothing can be chosen
 * for anybody.
 */
export type Choice = number | MissingAttribute | undefined;

/** What a serve chooses for a user. */
export type ServeChooser = (user: User) => Choice;

/**
 * The bucket of a user in a split, from 0 to 9999: the last 4 bytes of the SHA-1 of the UTF-8 of both texts, one right
 * after the other, as a big-endian number, modulo 10000 (evaluation, section 4). All SDKs of FeatureProbe share it, so
 * that a user has the same share everywhere.
 */
export function bucketOf(hashKey: string, salt: string): number {
  return Number.parseInt(hash('sha1', hashKey + salt, 'hex').slice(-8), 16) % BUCKETS;
}

/** Reads a serve of a toggle. What names no variation that exists chooses nothing. */
export function compileServe({ select, split }: Serve, toggle: Toggle): ServeChooser {
  const exists = (index: number): boolean => Object.hasOwn(toggle.variations, index);
  if (typeof select === 'number') {
    const choice = exists(select) ? select : undefined;
    return () => choice;
  }
  if (!split) return () => undefined;
  const bucket = compileBucket(split, toggle.key);
  return (user) => {
    const found = bucket(user);
    if (typeof found !== 'number') return found;
    const index = variationAt(found, split);
    return index === NO_VARIATION || exists(index) ? index : undefined;
  };
}

function compileBucket(
  { bucketBy, salt }: Split,
  toggleKey: string,
): (user: User) => number | MissingAttribute {
  const usedSalt = salt ? salt : toggleKey;
  if (!bucketBy || bucketBy.trim() === '') return (user) => bucketOf(user.key, usedSalt);
  const missing: MissingAttribute = { attribute: bucketBy };
  return (user) => {
    const hashKey = attributeOf(user, bucketBy);
    return hashKey === undefined ? missing : bucketOf(hashKey, usedSalt);
  };
}

function variationAt(bucket: number, { distribution }: Split): number {
  return distribution.findIndex((ranges) => ranges.some(([from, to]) => from <= bucket && bucket < to));
}
