import type { FieldProblem, LocalizedText } from '../../platform/errors/index.js';
import type { TemplateParam, TemplateValue } from '../touchpoints/touchpoint-config.js';
import { isPlain, type TextParts } from './template-text.js';
import { isGiven, readValue } from './value-types.js';

const REQUIRED: LocalizedText = { en: 'is required', zh: '必填' };

type TemplateValues = Readonly<Record<string, TemplateValue>>;

/** A parameter with its value, ready to be sent. */
export interface PreparedValue {
  readonly name: string;
  /** The value as JSON; of a text with placeholders, as the marketer wrote it. */
  readonly json: string;
  /** Of a text that differs from user to user. */
  readonly parts?: TextParts;
}

/**
 * All that is wrong with the template values of a campaign (or of a test) for a touchpoint's parameters: a required one that is missing,
 * a value that is not of its type, a code that is none of the options, a placeholder that can't be read. Names that no parameter has are
 * for the caller to judge, since a campaign may have several touchpoints. What a value of each type may be, see `readValue`; an empty text
 * is no value. A default that takes the place of a missing value is judged like one.
 * @param codesOf codes an `ENUM` may take; undefined: not known here, any is taken
 * @param field path of the values in the request, such as `templateValues`
 */
export function checkTemplateValues(
  params: readonly TemplateParam[],
  values: TemplateValues,
  options: {
    readonly field: string;
    readonly codesOf: (param: TemplateParam) => ReadonlySet<string> | undefined;
  },
): FieldProblem[] {
  return params.flatMap((param) => {
    const problem = problemOf(param, values, options.codesOf);
    return problem ? [{ field: `${options.field}.${param.name}`, problem }] : [];
  });
}

function problemOf(
  param: TemplateParam,
  values: TemplateValues,
  codesOf: (param: TemplateParam) => ReadonlySet<string> | undefined,
): LocalizedText | undefined {
  const value = valueFor(param, values);
  if (value === undefined) return param.required ? REQUIRED : undefined;
  const reading = readValue(param, value, param.type === 'ENUM' ? codesOf(param) : undefined);
  return 'problem' in reading ? reading.problem : undefined;
}

/**
 * The parameters that have a value, in their order; a parameter with neither a value nor a default is left out.
 * @throws Error where a value is not of its type: they must have been checked
 */
export function prepareValues(params: readonly TemplateParam[], values: TemplateValues): PreparedValue[] {
  return params.flatMap((param) => {
    const value = valueFor(param, values);
    if (value === undefined) return [];
    const reading = readValue(param, value, undefined);
    if ('problem' in reading) throw new Error(`template value ${param.name} ${reading.problem.en}`);
    const { name } = param;
    const { parts } = reading;
    if (parts && !isPlain(parts)) return [{ name, json: JSON.stringify(reading.value), parts }];
    return [{ name, json: JSON.stringify(parts ? parts.join('') : reading.value) }];
  });
}

/** What the campaign gives, else the default. Only a member of its own counts: a parameter may be called `constructor`. */
function valueFor(param: TemplateParam, values: TemplateValues): TemplateValue | undefined {
  const given = Object.hasOwn(values, param.name) ? values[param.name] : undefined;
  if (isGiven(given)) return given;
  return isGiven(param.defaultValue) ? param.defaultValue : undefined;
}
