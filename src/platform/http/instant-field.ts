import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, registerDecorator } from 'class-validator';

/** The latest instant that a date can be, epoch milliseconds. */
const MAX_INSTANT = 8.64e15;

/** Reads an instant given as ISO 8601 or as epoch milliseconds into epoch milliseconds; anything else becomes NaN. */
function ToInstant(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => parseInstant(value));
}

function parseInstant(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  return /^\d{1,15}$/.test(value) ? Number(value) : Date.parse(value);
}

/** Refuses what `ToInstant` could not read. */
function IsInstant(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isInstant',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (value: unknown) => typeof value === 'number' && value >= 0 && value <= MAX_INSTANT,
      },
    });
  };
}

/** How the API's document shows a field that is an instant. */
export interface InstantFieldOptions {
  readonly description: string;
  readonly example: string;
  /** It may be left out, unless this says otherwise. */
  readonly required?: true;
}

/** A field that holds an instant: ISO 8601 text or epoch milliseconds come in, epoch milliseconds are what the field has. */
export function InstantField({ required, description, example }: InstantFieldOptions): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: required ?? false,
      type: String,
      example,
      description: `${description}: ISO 8601 or epoch milliseconds.`,
    }),
    ...(required ? [] : [IsOptional()]),
    ToInstant(),
    IsInstant(),
  );
}
