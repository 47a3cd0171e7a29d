import type { ApiClient, Json } from './api-client.js';

/** One operation of the OpenAPI document. */
export interface ApiOperation {
  readonly method: string;
  /** As the document has it: `/api/projects/{projectKey}`. */
  readonly path: string;
  /** Names in the path, in order. */
  readonly pathNames: readonly string[];
  /** Query parameters that are required, with examples. */
  readonly query: Readonly<Record<string, string>>;
  /** A body made of the examples; undefined where there is none. */
  readonly body: Json;
  readonly isPublic: boolean;
}

/** Every operation under `/api` that the document describes. */
export async function apiOperations(client: ApiClient): Promise<ApiOperation[]> {
  const document = await client.ok('GET', '/api/v3/api-docs.json');
  const operations: ApiOperation[] = [];
  for (const [path, methods] of Object.entries<Json>(document.paths)) {
    if (!path.startsWith('/api/')) continue;
    for (const [method, operation] of Object.entries<Json>(methods)) {
      operations.push({
        method: method.toUpperCase(),
        path,
        pathNames: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
        query: requiredQuery(document, operation.parameters ?? []),
        body: exampleOf(document, operation.requestBody?.content?.['application/json']?.schema),
        isPublic: operation.security === undefined,
      });
    }
  }
  return operations;
}

function requiredQuery(document: Json, parameters: Json[]): Record<string, string> {
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  return Object.fromEntries(
    required.map(({ name, example, schema }) => [name, String(example ?? exampleOf(document, schema))]),
  );
}

/** A value that a schema describes, of its examples where it has them. */
function exampleOf(document: Json, schema: Json, depth = 0): Json {
  if (schema === undefined || depth > 8) return undefined;
  if (schema.$ref) return exampleOf(document, lookUp(document, schema.$ref), depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) return exampleOf(document, schema.allOf[0], depth + 1);
  if (schema.type === 'array') return [exampleOf(document, schema.items, depth + 1)].filter(Boolean);
  if (schema.properties) {
    const entries = Object.entries<Json>(schema.properties).map(([name, property]) => [
      name,
      exampleOf(document, property, depth + 1),
    ]);
    return Object.fromEntries(entries);
  }
  return { string: 'text', number: 1, integer: 1, boolean: true }[schema.type as string];
}

function lookUp(document: Json, reference: string): Json {
  return reference
    .slice(2)
    .split('/')
    .reduce((node: Json, name) => node?.[name], document);
}
