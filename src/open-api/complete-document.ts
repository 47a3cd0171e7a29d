import type { OpenAPIObject } from '@nestjs/swagger';
import { CONTENT_SCHEMAS } from '../targeting-rules/index.js';
import type { Components, Operation } from './document-parts.js';
import { describeErrors, ERROR_RESPONSES, ERROR_SCHEMA } from './error-responses.js';
import { ORGANIZATION_HEADER, pathParameters } from './shared-parameters.js';

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
      if (!operation) continue;
      completeBody(method, operation, schemas);
      completeOperation(path, operation);
    }
  }
  demandWholeNumbers(document);
  return document;
}

function completeOperation(path: string, operation: Operation): void {
  const isForMembers = path.startsWith('/api/') && operation.security !== undefined;
  if (isForMembers) operation.security = [{ bearer: [] }, { token: [] }];
  operation.parameters = [
    ...pathParameters(path, operation.parameters ?? []),
    ...(isForMembers ? [{ $ref: '#/components/parameters/OrganizationId' }] : []),
  ];
  describeErrors(path, operation);
}

/** A body all of whose fields may be left out may be left out itself. A change keeps what it doesn't name, so it has no defaults. */
function completeBody(method: string, { requestBody }: Operation, schemas: Schemas): void {
  if (!requestBody || !('content' in requestBody)) return;
  const schema = requestBody.content['application/json']?.schema;
  const name = schema && '$ref' in schema ? schema.$ref.split('/').at(-1) : undefined;
  const named = name === undefined ? undefined : schemas[name];
  if (!named || '$ref' in named) return;
  requestBody.required = (named.required ?? []).length > 0;
  if (method !== 'patch') return;
  for (const property of Object.values(named.properties ?? {}))
    if ('default' in property) delete property.default;
}

/** Values, not schemas, whatever they look like. */
const VALUES = new Set(['example', 'default', 'enum']);

/** All numbers of this API are whole, unless their schema has a `format`; TypeScript, whence the schemas come, has only `number`. */
function demandWholeNumbers(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && node.type === 'number' && !('format' in node)) node.type = 'integer';
  for (const [name, child] of Object.entries(node)) if (!VALUES.has(name)) demandWholeNumbers(child);
}
