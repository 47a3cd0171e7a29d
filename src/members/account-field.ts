import { Transform } from 'class-transformer';
import { registerDecorator, type ValidationOptions } from 'class-validator';

/** Width of the column. */
export const MAX_ACCOUNT_LENGTH = 128;

/** Accounts of access tokens begin so; events and rows carry them as operators. */
const TOKEN_PREFIX = 'api:';

/** The operator of what the platform does by itself: nobody else may appear under that name in the audit log. */
const PLATFORM_OPERATOR = 'system';

/**
 * Whether two texts name the same account: case is all they may differ in. MySQL's collation takes more for equal (accents,
 * blanks at the end, characters without weight such as NUL), so what it finds is compared once more.
 */
export function isSameAccount(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Cuts off the blanks around a text, or around each text of a list; leaves all else to the checks. */
export function Trim(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    Array.isArray(value) ? value.map((entry: unknown) => trim(entry)) : trim(value),
  );
}

function trim(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value;
}

/** Refuses accounts under which the audit log keeps what is no member's. */
export function IsFreeForMembers(options: ValidationOptions = {}): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isFreeForMembers',
      target: target.constructor,
      propertyName: String(propertyName),
      options,
      validator: { validate: (value: unknown) => typeof value === 'string' && isFreeForMembers(value) },
    });
  };
}

function isFreeForMembers(account: string): boolean {
  const plain = account.toLowerCase();
  return plain !== PLATFORM_OPERATOR && !plain.startsWith(TOKEN_PREFIX);
}
