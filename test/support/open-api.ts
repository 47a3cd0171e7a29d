import type { ApiClient, Json } from './api-client.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** One route of the API, as its OpenAPI document has it. */
export interface Operation {
  readonly method: string;
  /** With `{parameters}`. */
  readonly path: string;
  readonly queryNames: readonly string[];
  /** The body's fields by name, where it has any. */
  readonly fields: Readonly<Record<string, Json>>;
  /** A body made from the examples of the document. */
  readonly example: Json;
}

/** Reads every route from the running server's own document. */
export async function readOperations(client: ApiClient): Promise<readonly Operation[]> {
  const document = await client.ok('GET', '/api/v3/api-docs.json');
  return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => {
      const { parameters = [], requestBody } = item[method];
      const schema = requestBody?.content?.['application/json']?.schema;
      const fields = schema ? fieldsOf(document, schema) : {};
      return {
        method: method.toUpperCase(),
        path,
        queryNames: parameters.filter((one: Json) => one.in === 'query').map((one: Json) => one.name),
        fields,
        example: exampleOf(fields),
      };
    }),
  );
}

/** The path with its parameters filled in; a name that is not given becomes 'x'. */
export function fill(path: string, parameters: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? 'x');
}

function fieldsOf(document: Json, schema: Json): Record<string, Json> {
  if (schema.$ref) return fieldsOf(document, document.components.schemas[schema.$ref.split('/').at(-1)]);
  const parts = [...(schema.allOf ?? [])].map((part: Json) => fieldsOf(document, part));
  return Object.assign({}, ...parts, schema.properties);
}

function exampleOf(fields: Readonly<Record<string, Json>>): Json {
  const given = Object.entries(fields).map(([name, schema]) => [
    name,
    schema.example ?? schema.default ?? schema.enum?.[0],
  ]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
