import { ERRORS, type ErrorDefinition } from '../platform/errors/index.js';
import type { Components, Operation } from './document-parts.js';

type Responses = NonNullable<Components['responses']>;

const definitions: readonly ErrorDefinition[] = Object.values(ERRORS);

const codesOf = (list: readonly ErrorDefinition[]): string[] => [...new Set(list.map(({ code }) => code))];

/** How every error looks. */
export const ERROR_SCHEMA = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: {
      type: 'string',
      enum: codesOf(definitions),
      description: 'What clients branch on.',
      example: 'invalid_request',
    },
    message: {
      type: 'string',
      description: 'For people, in the language that `Accept-Language` asks for: English or Chinese.',
      example: 'name is required',
    },
    problems: {
      type: 'array',
      description: 'Where several things are wrong at once, each of them; the message has them all, too.',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: {
          field: { type: 'string', example: 'segmentKey' },
          message: { type: 'string', description: 'Reads on after the field.', example: 'is required' },
        },
      },
    },
  },
};

const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };

const response = (status: number, what: string): Responses[string] => {
  const codes = codesOf(definitions.filter((each) => each.status === status));
  return { description: `${what}: ${codes.map((code) => `\`${code}\``).join(', ')}.`, content };
};

/** The answers that an operation may give besides its own, by the names they have among the document's components. */
export const ERROR_RESPONSES: Responses = {
  BadRequest: response(400, 'Not found, taken, or not valid; the message names the field'),
  Unauthorized: response(401, 'Not signed in'),
  Forbidden: response(403, 'Not allowed in this role, or of another organization'),
  NotFound: response(404, 'No such route, or no environment with this SDK key'),
  PayloadTooLarge: response(413, 'The body is over 4 MiB'),
  Unexpected: { description: 'A request that no route could read, or a defect.', content },
};

const reference = (name: keyof typeof ERROR_RESPONSES): { $ref: string } => ({
  $ref: `#/components/responses/${name}`,
});

/** Bodies of JSON are; others are read by their routes as they come. */
function isLimited(body: Operation['requestBody']): boolean {
  return body !== undefined && 'content' in body && 'application/json' in body.content;
}

/** Adds the errors that an operation may answer and doesn't describe itself: what the controller says is more to the point. */
export function describeErrors(path: string, operation: Operation): void {
  const { parameters = [], requestBody, responses, security } = operation;
  const errors = {
    ...((requestBody || parameters.length > 0) && { 400: reference('BadRequest') }),
    ...(security && { 401: reference('Unauthorized') }),
    ...(security && path.startsWith('/api/') && { 403: reference('Forbidden') }),
    ...(path.startsWith('/internal/') && { 404: reference('NotFound') }),
    ...(isLimited(requestBody) && { 413: reference('PayloadTooLarge') }),
    default: reference('Unexpected'),
  };
  operation.responses = { ...errors, ...responses };
}
