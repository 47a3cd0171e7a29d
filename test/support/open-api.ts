import type { ApiClient, Json } from './api-client.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** One operation, as the OpenAPI document has it, references resolved. */
export interface ApiOperation {
  /** Its `operationId`. */
  readonly id: string;
  readonly method: string;
  /** With `{parameters}`. */
  readonly path: string;
  /** The names of these, in order. */
  readonly pathNames: readonly string[];
  readonly parameters: readonly Json[];
  readonly queryNames: readonly string[];
  /** Query parameters that are required, with examples. */
  readonly query: Readonly<Record<string, string>>;
  /** The body's fields by name; none where it has no body. */
  readonly fields: Readonly<Record<string, Json>>;
  /** A body made from the examples of the document; undefined where it has none, or one that is not JSON. */
  readonly body: Json;
  /** A body that is not JSON, from the document's example, and the first type that it may have. */
  readonly file?: { readonly type: string; readonly text: string };
  /** Whether it has a body that may be left out. */
  readonly isBodyOptional: boolean;
  readonly responses: Readonly<Record<string, Json>>;
  readonly isPublic: boolean;
}

/** The running server's own document. */
export async function readDocument(client: ApiClient): Promise<Json> {
  return client.ok('GET', '/api/v3/api-docs.json');
}

/** Every operation under `/api` that the running server describes. */
export async function readOperations(client: ApiClient): Promise<readonly ApiOperation[]> {
  return operationsOf(await readDocument(client)).filter(({ path }) => path.startsWith('/api/'));
}

/** Every operation of a document. */
export function operationsOf(document: Json): readonly ApiOperation[] {
  return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => read(document, method, path, item[method])),
  );
}

function read(document: Json, method: string, path: string, operation: Json): ApiOperation {
  const parameters = (operation.parameters ?? []).map((each: Json) => resolve(document, each));
  const inQuery = parameters.filter((each: Json) => each.in === 'query');
  const content = operation.requestBody?.content ?? {};
  const schema = content['application/json']?.schema;
  const [other] = Object.entries<Json>(content).filter(([type]) => type !== 'application/json');
  const responses = Object.entries<Json>(operation.responses).map(([status, one]) => [
    status,
    resolve(document, one),
  ]);
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    pathNames: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    parameters,
    queryNames: inQuery.map(({ name }: Json) => name),
    query: Object.fromEntries(
      inQuery
        .filter(({ required }: Json) => required)
        .map((each: Json) => [each.name, String(parameterExample(document, each))]),
    ),
    fields: schema ? flatten(document, schema).properties : {},
    body: exampleOf(document, schema),
    ...(other && { file: { type: other[0], text: exampleOf(document, other[1].schema) } }),
    isBodyOptional: operation.requestBody?.required === false,
    responses: Object.fromEntries(responses),
    isPublic: operation.security === undefined,
  };
}

/** The path with its parameters filled in; a name that is not given becomes 'x'. */
export function fill(path: string, parameters: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? 'x');
}

/** What a `$ref` stands for; anything else is itself. */
export function resolve(document: Json, node: Json): Json {
  if (node?.$ref === undefined) return node;
  const names: string[] = node.$ref.slice(2).split('/');
  const found = names.reduce((at: Json, name) => at?.[name], document);
  if (found === undefined) throw new Error(`The document has no ${node.$ref}`);
  return resolve(document, found);
}

/** A schema with its references and `allOf` parts taken together; `properties` and `required` are always there. */
export function flatten(document: Json, schema: Json): Json {
  const { allOf = [], ...own } = resolve(document, schema);
  const parts: Json[] = [...allOf.map((part: Json) => flatten(document, part)), own];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    required: parts.flatMap((part) => part.required ?? []),
  };
}

/** A parameter's example, wherever it stands. */
export function parameterExample(document: Json, { example, schema }: Json): Json {
  return example ?? exampleOf(document, schema);
}

/** A value that a schema describes, of its examples; fields that are optional and have none are left out. */
export function exampleOf(document: Json, schema: Json): Json {
  if (schema === undefined) return undefined;
  const {
    example,
    default: value,
    enum: values,
    type,
    items,
    properties,
    required,
  } = flatten(document, schema);
  const given = example ?? value ?? values?.[0];
  if (given !== undefined) return given;
  if (type === 'array') return [exampleOf(document, items)].filter((entry) => entry !== undefined);
  const entries = Object.entries<Json>(properties).map(([name, each]) => [
    name,
    exampleOf(document, each) ?? (required.includes(name) ? ANY[each.type as string] : undefined),
  ]);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

/** Where the document gives no example. */
const ANY: Readonly<Record<string, Json>> = { string: 'text', integer: 1, number: 1, boolean: true };
