import type { FieldProblem } from '../../platform/errors/index.js';
import type { TemplateParam, TemplateValue } from '../touchpoints/touchpoint-config.js';

/**
 * All that is wrong with the template values of a campaign (or of a test) for a touchpoint's parameters: a required one that is missing,
 * a value that is not of its type, a code that is none of the options, a placeholder that can't be read. Names that no parameter has are
 * for the caller to judge, since a campaign may have several touchpoints.
 * @param codesOf codes an `ENUM` may take; undefined: not known here, any is taken
 * @param field path of the values in the request, such as `templateValues`
 */
export function checkTemplateValues(
  _params: readonly TemplateParam[],
  _values: Readonly<Record<string, TemplateValue>>,
  _options: {
    readonly field: string;
    readonly codesOf: (param: TemplateParam) => ReadonlySet<string> | undefined;
  },
): FieldProblem[] {
  throw new Error('to be built');
}
