import { registerDecorator, type ValidationOptions } from 'class-validator';

/** Characters that no line of text needs: C0 and C1 controls, DEL, line and paragraph separators. */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029]/u;

/** The same for text of several lines, where tabs and line breaks are welcome. */
const NOT_IN_LINES = /[^\P{Cc}\t\n\r]/u;

/** Half of a surrogate pair. It is no character: UTF-8, and so every database, would store something else in its place. */
const LONE_SURROGATE = /\p{Cs}/u;

/** A name of one line: required, not blank, at most `max` characters as the database counts them, nothing unprintable. */
export function IsName(max: number, options: ValidationOptions = {}): PropertyDecorator {
  return all([
    rule('isNotEmpty', (value) => !isBlank(value), [], options),
    ...textRules(max, NOT_IN_A_LINE, options),
  ]);
}

/** Free text, possibly of several lines and possibly empty, at most `max` characters as the database counts them. */
export function IsPlainText(max: number, options: ValidationOptions = {}): PropertyDecorator {
  return all(textRules(max, NOT_IN_LINES, options));
}

/**
 * class-validator's own MaxLength leaves variation selectors out of its count, which a database column doesn't: a text that
 * passes it may still be refused by MySQL, and that would be a 500.
 */
function textRules(max: number, unwanted: RegExp, options: ValidationOptions): PropertyDecorator[] {
  return [
    rule('isString', (value) => typeof value === 'string', [], options),
    rule('maxLength', (value) => isText(value) && countCharacters(value) <= max, [max], options),
    rule('isPlainText', (value) => isText(value) && isPlain(value, unwanted), [], options),
  ];
}

function rule(
  name: string,
  validate: (value: unknown) => boolean,
  constraints: unknown[],
  options: ValidationOptions,
): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(propertyName),
      constraints,
      options,
      validator: { validate },
    });
  };
}

function all(decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, propertyName) => {
    for (const decorate of decorators) decorate(target, propertyName);
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (isText(value) && value.trim() === '');
}

function isPlain(value: string, unwanted: RegExp): boolean {
  return !unwanted.test(value) && !LONE_SURROGATE.test(value);
}

/** Code points, which is what `varchar(n)` counts. */
function countCharacters(value: string): number {
  return Array.from(value).length;
}
