import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { completeDocument } from './complete-document.js';
import { TAGS } from './tags.js';

const DESCRIPTION =
  'Self-hosted feature flags whose every change reaches other systems. The routes under /api are those of ' +
  'FeatureProbe; errors are {code, message}. Calls of a signed-in member carry the header X-OrganizeID; calls with ' +
  'an access token may. Every field that is optional in an answer is left out where it has no value, never null.';

/** Serves the OpenAPI document at `/api/v3/api-docs.yaml` and a page to try it at `/docs`. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'api/v3/api-docs.json',
    yamlDocumentUrl: 'api/v3/api-docs.yaml',
  });
}

function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Flagpost')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The token of a login.' })
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'Authorization', description: 'An access token, as it is.' },
      'token',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-Internal-Token', description: 'INTERNAL_TOKEN.' },
      'internalToken',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'Authorization', description: 'A server SDK key, as it is.' },
      'sdkKey',
    );
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  return completeDocument(SwaggerModule.createDocument(app, builder.build(), { operationIdFactory }));
}

/** `toggle_create` for `ToggleController.create`. Clients are generated from it, so renaming either breaks them. */
function operationIdFactory(controller: string, method: string): string {
  const subject = controller.replace(/Controller$/, '');
  return `${subject.charAt(0).toLowerCase()}${subject.slice(1)}_${method}`;
}
