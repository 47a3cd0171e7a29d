import type { Json } from './api-client.js';
import { flatten } from './open-api.js';

const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * What of a value is not as a schema of the document says, each problem with its place. More is wrong here than JSON Schema finds
 * wrong: a member that the schema doesn't name, unless it says that there may be more.
 */
export function schemaProblems(document: Json, schema: Json, value: Json, place = ''): string[] {
  const flat = flatten(document, schema);
  const at = place || 'it';
  if (value === null) return flat.nullable ? [] : [`${at} is null`];
  if (flat.oneOf) return oneOfProblems(document, flat.oneOf, value, at);
  if (flat.type === undefined && Object.keys(flat.properties).length === 0) return [];
  const type = flat.type ?? 'object';
  if (!isOf(type, value)) return [`${at} is no ${type}: ${JSON.stringify(value)}`];
  if (type === 'array') {
    return value.flatMap((entry: Json, index: number) =>
      schemaProblems(document, flat.items, entry, `${place}[${index}]`),
    );
  }
  if (type === 'object') return objectProblems(document, flat, value, place);
  return valueProblems(flat, value, at);
}

function oneOfProblems(document: Json, schemas: Json[], value: Json, at: string): string[] {
  const fitting = schemas.filter((one) => schemaProblems(document, one, value).length === 0);
  return fitting.length === 1 ? [] : [`${at} fits ${fitting.length} of ${schemas.length} schemas`];
}

function objectProblems(document: Json, flat: Json, value: Json, place: string): string[] {
  const { properties, required, additionalProperties } = flat;
  const missing = required
    .filter((name: string) => !Object.hasOwn(value, name))
    .map((name: string) => `${place}.${name} is missing`);
  const inside = Object.entries<Json>(value).flatMap(([name, member]) => {
    const memberPlace = `${place}.${name}`;
    if (Object.hasOwn(properties, name))
      return schemaProblems(document, properties[name], member, memberPlace);
    if (additionalProperties === undefined) return [`${memberPlace} is not documented`];
    if (additionalProperties === true) return [];
    return schemaProblems(document, additionalProperties, member, memberPlace);
  });
  return [...missing, ...inside];
}

function valueProblems(flat: Json, value: Json, at: string): string[] {
  const problems: string[] = [];
  if (flat.enum && !flat.enum.includes(value)) problems.push(`${at} is none of ${flat.enum}: ${value}`);
  if (flat.format === 'date-time' && !ISO_INSTANT.test(value)) problems.push(`${at} is no instant: ${value}`);
  if (flat.minimum !== undefined && value < flat.minimum) problems.push(`${at} is below ${flat.minimum}`);
  if (flat.maximum !== undefined && value > flat.maximum) problems.push(`${at} is above ${flat.maximum}`);
  return problems;
}

function isOf(type: string, value: Json): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === type;
}
