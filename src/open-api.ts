import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The statuses an error may have, and when. */
const ERROR_RESPONSES = {
  '400': 'Not found, taken, or not valid: `code` tells which, `message` names the field',
  '401': 'Not signed in',
  '403': 'Not allowed in this role, or another organization',
};

const ERROR_SCHEMA = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', example: 'invalid_request' },
    message: { type: 'string', example: 'name is required' },
  },
};

/** Serves the OpenAPI document at `/api/v3/api-docs.yaml` and a page to try it at `/docs`. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Flagpost')
    .setDescription(
      'Self-hosted feature flags whose every change reaches other systems. The routes under /api are those of ' +
        'FeatureProbe; errors are {code, message}. Calls of a signed-in member carry the header X-OrganizeID; calls with an access token may.',
    )
    .setVersion('0.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth()
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'Authorization', description: 'An access token, as it is' },
      'token',
    )
    .build();
  SwaggerModule.setup('docs', app, () => withErrors(SwaggerModule.createDocument(app, config)), {
    jsonDocumentUrl: 'api/v3/api-docs.json',
    yamlDocumentUrl: 'api/v3/api-docs.yaml',
  });
}

/** Adds to every operation what all of them have: how errors look, and the organization's header. */
function withErrors(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components };
  document.components.schemas = { ...document.components.schemas, Error: ERROR_SCHEMA };
  for (const [path, operations] of Object.entries(document.paths)) {
    if (!path.startsWith('/api/')) continue;
    for (const operation of [operations.get, operations.post, operations.patch, operations.delete]) {
      if (!operation) continue;
      for (const [status, description] of Object.entries(ERROR_RESPONSES)) {
        const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
        operation.responses[status] ??= { description, content };
      }
      if (operation.security === undefined) continue;
      operation.security = [...operation.security, { token: [] }];
      const schema = { type: 'string', example: '1' };
      operation.parameters = [
        ...(operation.parameters ?? []),
        { name: 'X-OrganizeID', in: 'header', required: false, schema },
      ];
    }
  }
  return document;
}
