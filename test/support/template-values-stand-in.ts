/*
 * TO BE REMOVED WHEN MERGED, with the `vi.mock` of it in test/integration/campaigns-*.test.ts: the least that can stand for
 * `checkTemplateValues` until it is built. Once it is, it is used instead.
 */
import type * as templateValues from '../../src/outreach/requests/template-values.js';

type Module = typeof templateValues;

export function orBuilt(real: Module): Module {
  try {
    real.checkTemplateValues([], {}, { field: 'templateValues', codesOf: () => undefined });
    return real;
  } catch {
    return { ...real, checkTemplateValues };
  }
}

const checkTemplateValues: Module['checkTemplateValues'] = (params, values, { field, codesOf }) =>
  params.flatMap((param) => {
    const problem = (en: string): ReturnType<Module['checkTemplateValues']> => [
      { field: `${field}.${param.name}`, problem: { en, zh: en } },
    ];
    if (!Object.hasOwn(values, param.name)) return param.required ? problem('is required') : [];
    const value = values[param.name];
    if (param.type === 'INTEGER' || param.type === 'NUMBER')
      return typeof value === 'number' ? [] : problem('must be a number');
    const codes = param.type === 'ENUM' ? codesOf(param) : undefined;
    return codes && !codes.has(String(value)) ? problem('is none of the options') : [];
  });
