import { expect } from 'vitest';
import type { Answer, Json } from './api-client.js';

export const CONFLICT = [400, { code: 'conflict', message: 'This resource already exists, please modify' }];
export const FORBIDDEN = [403, { code: 'forbidden', message: 'Forbidden' }];
export const UNAUTHORIZED = [401, { code: 'unauthorized', message: 'Unauthorized' }];
export const STALE = [400, { code: 'invalid_request', message: 'Request conflict, please try again' }];

/** Dates as REST answers have them. */
export const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/;

export const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];

/** Status and body, to be compared at once. */
export const brief = ({ status, body }: Answer): unknown[] => [status, body];

/** What is answered where a resource isn't there. */
export const missing = (resource: string, key: string): unknown[] => [
  400,
  { code: 'not_found', message: `${resource} ${key} not found` },
];

/** Expects a refusal of the request whose message begins with the name of the field. */
export function expectInvalid({ status, body }: Answer, field: string): void {
  expect([status, body.code]).toEqual([400, 'invalid_request']);
  expect(Object.keys(body).sort()).toEqual(['code', 'message']);
  expect(body.message.split(' ')[0]).toBe(field);
}

/** Expects an object with these fields and no others; those written with `?` may be left out. No field is null. */
export function expectFields(value: Json, fields: string): void {
  const names = fields.split(' ');
  const required = names.filter((name) => !name.endsWith('?'));
  const known = names.map((name) => name.replace('?', ''));
  const present = Object.keys(value);
  expect({
    missing: required.filter((name) => !present.includes(name)),
    unknown: present.filter((name) => !known.includes(name)),
    null: present.filter((name) => value[name] === null),
  }).toEqual({ missing: [], unknown: [], null: [] });
}

/** A boolean toggle to be made. */
export const newToggle = (key: string, more: object = {}): object => ({
  key,
  name: `Name of ${key}`,
  clientAvailability: true,
  returnType: 'boolean',
  disabledServe: 0,
  variations: VARIATIONS,
  ...more,
});

export const PAGE_FIELDS =
  'content pageable totalElements totalPages last first size number numberOfElements sort empty';
