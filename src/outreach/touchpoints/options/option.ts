import type { TemplateParam } from '../touchpoint-config.js';

/** A value that may be chosen, or with `children` a category of such. */
export interface Option {
  /** What is sent; of a category it can't be chosen. */
  readonly code: string;
  readonly description: string;
  readonly children?: readonly Pick<Option, 'code' | 'description'>[];
}

/** The codes that may be chosen. */
export function codesIn(options: readonly Option[]): ReadonlySet<string> {
  return new Set(
    options.flatMap(({ code, children }) => (children ? children.map((child) => child.code) : [code])),
  );
}

/** The codes of a choice whose values were entered by hand; undefined for any other parameter. */
export function codesByHand({ options }: TemplateParam): ReadonlySet<string> | undefined {
  return options && 'values' in options ? new Set(options.values.map(({ code }) => code)) : undefined;
}
