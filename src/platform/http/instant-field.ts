import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';

/** Reads an instant given as ISO 8601 or as epoch milliseconds into epoch milliseconds; anything else becomes NaN. */
export function ToInstant(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => parseInstant(value));
}

function parseInstant(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  return /^\d{1,15}$/.test(value) ? Number(value) : Date.parse(value);
}

/** Refuses what `ToInstant` could not read. */
export function IsInstant(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isInstant',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (value: unknown) => typeof value === 'number' && Number.isFinite(value),
      },
    });
  };
}
