import {
  ERRORS,
  RESOURCE_NAMES,
  type ErrorDefinition,
  type ErrorKey,
  type ResourceName,
} from './error-catalogue.js';

/** Languages that messages exist in. */
export type Locale = 'en' | 'zh';

/** A piece of a message that has a text in each language. */
export type LocalizedText = Readonly<Record<Locale, string>>;

export type ErrorParams = Readonly<Record<string, string | number | LocalizedText>>;

/** One thing that is wrong, where several are told at once: the field's path, and what reads on after it. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: LocalizedText;
}

/** The one kind of error that services throw: a key of the catalogue and what its message needs. Knows nothing of HTTP. */
export class DomainError extends Error {
  constructor(
    readonly key: ErrorKey,
    readonly params: ErrorParams = {},
    options?: ErrorOptions,
  ) {
    super(render(ERRORS[key].en, params, 'en'), options);
    this.name = 'DomainError';
  }

  get definition(): ErrorDefinition {
    return ERRORS[this.key];
  }

  /** The message in the caller's language. */
  localized(locale: Locale): string {
    return render(ERRORS[this.key][locale], this.params, locale);
  }
}

/** An error with a list of all that is wrong. */
export class ProblemsError extends DomainError {
  /** @param key an error whose text has a place for `problems` */
  constructor(
    key: ErrorKey,
    readonly problems: readonly FieldProblem[],
  ) {
    super(key, { problems: { en: listed(problems, 'en'), zh: listed(problems, 'zh') } });
    this.name = 'ProblemsError';
  }
}

function listed(problems: readonly FieldProblem[], locale: Locale): string {
  return problems
    .map(({ field, problem }) => `${field} ${problem[locale]}`)
    .join(locale === 'zh' ? '；' : '; ');
}

/** `not_found`: no such resource, named by the key the caller gave. */
export function notFound(resource: ResourceName, key: string | number): DomainError {
  return new DomainError('resource_not_found', { resource: RESOURCE_NAMES[resource], key });
}

/** `conflict`: a key or name that is taken. */
export function alreadyExists(): DomainError {
  return new DomainError('resource_exists');
}

/** `invalid_request`: a value that can't be taken; `problem` reads on after the field's name. */
export function invalidField(field: string, problem: LocalizedText): DomainError {
  return new DomainError('field_invalid', { field, problem });
}

function render(template: string, params: ErrorParams, locale: Locale): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'object' ? value[locale] : String(value);
  });
}
