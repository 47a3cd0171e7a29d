import { Undeliverable } from '../evaluation/index.js';
import type { ToggleReturnType } from '../targeting-rules/index.js';
import type { SdkValue } from './repository-document.js';

const CONVERSIONS: Readonly<Record<ToggleReturnType, (text: string) => SdkValue>> = {
  boolean: (text) => text === 'true',
  number: toNumber,
  string: (text) => text,
  json: toObject,
};

/** A stored value, which is text, as the type SDKs get it in. @throws Undeliverable when it is no text of that type. */
export function typedValue(text: unknown, type: ToggleReturnType): SdkValue {
  if (typeof text !== 'string') throw new Undeliverable('a value is no text');
  if (!Object.hasOwn(CONVERSIONS, type)) throw new Undeliverable(`there is no type ${JSON.stringify(type)}`);
  return CONVERSIONS[type](text);
}

function toNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new Undeliverable(`${JSON.stringify(text)} is no number`);
  return value;
}

/** Lists and scalars won't do: SDKs expect an object. */
function toObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Undeliverable('a value is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Undeliverable('a value is no JSON object');
  return value;
}
