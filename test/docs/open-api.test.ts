import 'reflect-metadata';
import { ModulesContainer } from '@nestjs/core';
import { getMetadataStorage } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/platform/errors/index.js';
import type { Json } from '../support/api-client.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { type ApiOperation, flatten, operationsOf, readDocument } from '../support/open-api.js';
import { servedRoutes } from '../support/routes.js';
import { schemaProblems } from '../support/schema-problems.js';

/** Served, but not part of the API: the document itself and the page that shows it. */
const ABOUT_THE_API = /^\/(docs|api\/v3\/api-docs)/;

type Class = abstract new (...parameters: never[]) => object;

/** FeatureProbe's server wants it so. */
const ANSWERED_WITHOUT_BODY = ['POST /internal/server/events'];

describe('the OpenAPI document', () => {
  let flagpost: TestFlagpost;
  let document: Json;
  let operations: readonly ApiOperation[];
  beforeAll(async () => {
    flagpost = await startFlagpost('sqlite', { ROLES: 'api', INTERNAL_TOKEN: 'internal' });
    document = await readDocument(flagpost.anonymous);
    operations = operationsOf(document);
  });
  afterAll(() => flagpost.stop());

  const nameOf = ({ method, path }: ApiOperation): string => `${method} ${path}`;
  const failing = (isFine: (operation: ApiOperation) => boolean): string[] =>
    operations.filter((operation) => !isFine(operation)).map(nameOf);

  /** Every schema there is, with its place: those of the components, of parameters, of bodies and of answers. */
  const allSchemas = (): [string, Json][] => [
    ...Object.entries<Json>(document.components.schemas),
    ...operations.flatMap((operation) => [
      ...operation.parameters.map((each): [string, Json] => [
        `${nameOf(operation)} ${each.name}`,
        each.schema,
      ]),
      ...Object.entries(operation.responses).flatMap(([status, { content = {} }]): [string, Json][] =>
        Object.values<Json>(content).map(({ schema }) => [`${nameOf(operation)} ${status}`, schema]),
      ),
    ]),
  ];

  it('has every route that is served, and no other', () => {
    const served = servedRoutes(flagpost.app)
      .filter(({ method, path }) => method !== 'OPTIONS' && !ABOUT_THE_API.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(nameOf).toSorted()).toEqual(served.toSorted());
  });

  it('names each operation, once, and says what it does in one line', () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]\w*_[a-z]\w*$/);
    for (const { method, path } of operations) {
      const { summary = '' } = document.paths[path][method.toLowerCase()];
      expect([path, summary.length > 3 && !summary.endsWith('.')]).toEqual([path, true]);
    }
  });

  it('sorts operations under tags that it describes, none without an operation', () => {
    const tags = operations.map(
      ({ method, path }) => document.paths[path][method.toLowerCase()].tags as string[],
    );
    for (const list of tags) expect(list).toHaveLength(1);
    const described = document.tags.map(({ name }: Json) => name);
    expect([...new Set(tags.flat())].toSorted()).toEqual(described.toSorted());
  });

  it('has a schema for every success', () => {
    expect(
      failing(({ responses }) =>
        Object.values<Json>(responses['200']?.content ?? {}).some(({ schema }) => schema !== undefined),
      ),
    ).toEqual(ANSWERED_WITHOUT_BODY);
    expect(failing(({ responses }) => !('201' in responses))).toEqual([]);
  });

  it('has the errors of every operation, all of one schema with the codes of the catalogue', () => {
    const has = (...statuses: string[]) =>
      failing(({ isPublic, path, responses }) =>
        isPublic || !path.startsWith('/api/') ? true : statuses.every((status) => status in responses),
      );
    expect(has('400', '401', '403', 'default')).toEqual([]);
    expect(failing(({ body, responses }) => body === undefined || '413' in responses)).toEqual([]);
    const error = { $ref: '#/components/schemas/Error' };
    const own = new Set(['406', '503']);
    expect(
      failing(({ responses }) =>
        Object.entries(responses)
          .filter(([status]) => !status.startsWith('2') && !own.has(status))
          .every(([, { content }]) => content['application/json'].schema.$ref === error.$ref),
      ),
    ).toEqual([]);
    const codes = new Set(Object.values(ERRORS).map(({ code }) => code));
    expect(document.components.schemas.Error.properties.code.enum.toSorted()).toEqual([...codes].toSorted());
  });

  it('says of every property what type it is', () => {
    const untyped: string[] = [];
    const look = (schema: Json, place: string, isEntry: boolean): void => {
      const { type, properties = {}, items, additionalProperties, oneOf, allOf, $ref } = schema;
      const isTyped = type ?? $ref ?? oneOf ?? allOf;
      // An object that names no members says nothing, unless it says that there may be any.
      const saysNothing =
        type === 'object' && !schema.properties && additionalProperties === undefined && !allOf;
      if ((!isTyped && !isEntry) || saysNothing || (type === 'array' && !items)) untyped.push(place);
      for (const [name, each] of Object.entries<Json>(properties)) look(each, `${place}.${name}`, false);
      for (const part of [...(oneOf ?? []), ...(allOf ?? [])]) look(part, place, false);
      if (items) look(items, `${place}[]`, true);
      if (typeof additionalProperties === 'object') look(additionalProperties, `${place}.*`, false);
    };
    for (const [place, schema] of allSchemas()) look(schema, place, false);
    expect(untyped).toEqual([]);
  });

  it('explains every parameter and property, or shows an example, unless its type says it all', () => {
    const unexplained: string[] = [];
    const explains = ({ description, example, enum: values, default: value, schema }: Json): boolean =>
      Boolean(description ?? values) ||
      example !== undefined ||
      value !== undefined ||
      (schema !== undefined && explains(schema));
    const saysItAll = ({ type, format, items, $ref, allOf }: Json): boolean =>
      type === 'boolean' || format === 'date-time' || Boolean($ref ?? allOf ?? items?.$ref);
    for (const operation of operations) {
      for (const parameter of operation.parameters)
        if (!explains(parameter)) unexplained.push(`${nameOf(operation)} ${parameter.name}`);
    }
    for (const [name, { properties = {} }] of Object.entries<Json>(document.components.schemas)) {
      for (const [field, schema] of Object.entries<Json>(properties))
        if (!explains(schema) && !saysItAll(schema)) unexplained.push(`${name}.${field}`);
    }
    expect(unexplained).toEqual([]);
  });

  it('has examples that are as their schemas say', () => {
    const wrong: string[] = [];
    const look = (schema: Json, place: string): void => {
      const { example, default: value } = schema;
      for (const given of [example, value])
        if (given !== undefined) wrong.push(...schemaProblems(document, schema, given, place));
      const { properties } = flatten(document, schema);
      if (schema.$ref) return;
      for (const [name, each] of Object.entries<Json>(properties)) look(each, `${place}.${name}`);
    };
    for (const [place, schema] of allSchemas()) look(schema, place);
    expect(wrong).toEqual([]);
  });

  it('demands and lists what the request classes demand and list', () => {
    const classes = requestClasses(flagpost);
    expect(classes.size).toBeGreaterThan(30);
    const wrong = [...classes].flatMap((one) => differences(one));
    expect(wrong).toEqual([]);
  });

  it('has no defaults for changes, which keep what they don’t name', () => {
    const changes = operations.filter(({ method }) => method === 'PATCH');
    const withDefault = changes.filter(({ fields }) =>
      Object.values(fields).some((field) => field.default !== undefined),
    );
    expect(withDefault.map(nameOf)).toEqual([]);
  });

  it('has references that lead somewhere, and no schema that nothing refers to', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    for (const [, kind = '', name = ''] of references) expect(document.components[kind]).toHaveProperty(name);
    const used = new Set(references.map(([, , name]) => name));
    expect(Object.keys(document.components.schemas).filter((name) => !used.has(name))).toEqual([]);
  });
});

/** The classes of bodies, queries and paths that controllers take, and those inside them. */
function requestClasses(flagpost: TestFlagpost): Set<Class> {
  const found = new Set<Class>();
  for (const { controllers } of flagpost.app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      const prototype: object = metatype?.prototype ?? {};
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const types: unknown[] = Reflect.getMetadata('design:paramtypes', prototype, name) ?? [];
        for (const type of types) addWithInner(type, found);
      }
    }
  }
  return found;
}

function addWithInner(type: unknown, found: Set<Class>): void {
  const rules = rulesOf(type);
  if (rules.length === 0 || found.has(type as Class)) return;
  found.add(type as Class);
  for (const { propertyName } of rules) {
    const documented: Json = documentedAs(type as Class, propertyName);
    for (const inner of [documented?.type].flat()) addWithInner(inner, found);
  }
}

const documentedAs = (one: Class, property: string): Json =>
  Reflect.getMetadata('swagger/apiModelProperties', one.prototype as object, property);

function rulesOf(type: unknown): { propertyName: string; type: string; name?: string; each: boolean }[] {
  if (typeof type !== 'function') return [];
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
}

/** Where what a class documents of its properties is not what it checks. */
function differences(one: Class): string[] {
  const rules = rulesOf(one);
  const names = new Set(rules.map(({ propertyName }) => propertyName));
  return [...names].flatMap((name) => {
    const place = `${one.name}.${name}`;
    const documented = documentedAs(one, name);
    if (!documented) return [`${place} is not documented`];
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const isOptional = own.some(({ type }) => type === 'conditionalValidation');
    const isList = own.some((rule) => rule.name === 'isIn');
    const required = documented.selfRequired ?? documented.required ?? true;
    return [
      ...(required === isOptional ? [`${place} is ${isOptional ? 'not ' : ''}required`] : []),
      ...(isList && !(documented.enum ?? documented.items?.enum) ? [`${place} lists no values`] : []),
    ];
  });
}
