import { registerDecorator, type ValidationOptions } from 'class-validator';

/** Longest key, from the width of upstream's columns. */
export const MAX_KEY_LENGTH = 128;

/** Words that stand in paths where a key may stand too, so that a resource of that key could not be reached. */
const RESERVED_KEYS = new Set(['exists']);

/** Whether a text can be the key of a project, environment, toggle or segment: letters, digits, `.`, `_` and `-`. */
export function isResourceKey(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_KEY_LENGTH &&
    /^[A-Za-z0-9._-]+$/.test(value) &&
    !/^\.+$/.test(value) &&
    !RESERVED_KEYS.has(value.toLowerCase())
  );
}

/** Class-validator's form of `isResourceKey`. */
export function IsResourceKey(options: ValidationOptions = {}): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isResourceKey',
      target: target.constructor,
      propertyName: String(propertyName),
      options,
      validator: { validate: isResourceKey },
    });
  };
}
