import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Serves the OpenAPI document at `/api/v3/api-docs.yaml` and a page to try it at `/docs`. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Flagpost')
    .setDescription(
      'Self-hosted feature flags whose every change reaches other systems. The routes under /api are those of ' +
        'FeatureProbe; errors are {code, message}.',
    )
    .setVersion('0.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'api/v3/api-docs.json',
    yamlDocumentUrl: 'api/v3/api-docs.yaml',
  });
}
