import type { OpenAPIObject } from '@nestjs/swagger';
import { CONTENT_SCHEMAS } from '../targeting-rules/index.js';
import { describeErrors, ERROR_RESPONSES, ERROR_SCHEMA } from './error-responses.js';
import { ORGANIZATION_HEADER, pathParameters } from './shared-parameters.js';

type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;
export type Components = NonNullable<OpenAPIObject['components']>;
type Schemas = NonNullable<Components['schemas']>;

const METHODS = ['get', 'post', 'patch', 'delete'] as const;

/**
 * Adds what many operations have in common and no controller should repeat: the errors, the organization's header, the keys of a
 * path, and the shapes of targeting content.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  const schemas = {
    ...document.components?.schemas,
    ...(CONTENT_SCHEMAS as unknown as Schemas),
    Error: ERROR_SCHEMA,
  };
  document.components = {
    ...document.components,
    schemas,
    responses: ERROR_RESPONSES,
    parameters: { OrganizationId: ORGANIZATION_HEADER },
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) completeOperation(path, operation, schemas);
    }
  }
  demandWholeNumbers(document);
  return document;
}

function completeOperation(path: string, operation: Operation, schemas: Schemas): void {
  const isForMembers = path.startsWith('/api/') && operation.security !== undefined;
  if (isForMembers) operation.security = [{ bearer: [] }, { token: [] }];
  operation.parameters = [
    ...pathParameters(path, operation.parameters ?? []),
    ...(isForMembers ? [{ $ref: '#/components/parameters/OrganizationId' }] : []),
  ];
  const body = operation.requestBody;
  if (body && 'content' in body)
    body.required = hasRequiredFields(body.content['application/json']?.schema, schemas);
  describeErrors(path, operation);
}

/** A body all of whose fields may be left out may be left out itself. */
function hasRequiredFields(schema: object | undefined, schemas: Schemas): boolean {
  if (schema === undefined || !('$ref' in schema)) return true;
  const named = schemas[String(schema.$ref).split('/').at(-1) ?? ''];
  return named !== undefined && 'required' in named && (named.required?.length ?? 0) > 0;
}

/** Values, not schemas, whatever they look like. */
const VALUES = new Set(['example', 'default', 'enum']);

/** All numbers of this API are whole, unless their schema has a `format`; TypeScript, whence the schemas come, has only `number`. */
function demandWholeNumbers(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && node.type === 'number' && !('format' in node)) node.type = 'integer';
  for (const [name, child] of Object.entries(node)) if (!VALUES.has(name)) demandWholeNumbers(child);
}
