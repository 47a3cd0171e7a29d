import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import compress from '@fastify/compress';
import { Clock } from '../clock/clock.js';
import { IdGenerator } from '../ids/id-generator.js';
import { Log } from '../log/logger.js';
import { ErrorFilter } from './error.filter.js';
import { useJsonBodies } from './json-body-parser.js';
import { BODY_LIMIT_BYTES, MAX_PARAM_LENGTH } from './limits.js';
import { localeOf } from './locale.js';
import { parseQuery } from './query-parser.js';
import { RequestContext } from './request-context.js';
import { RequestObserver } from './request-observer.js';
import { answerParserError, answerRouterError, demandHost } from './server-errors.js';
import { useStreamedBodies } from './streamed-body.js';
import { createValidationPipe } from './validation.js';

/** Answers smaller than this are not worth compressing, in bytes. */
const COMPRESS_FROM_BYTES = 1024;

/** Builds the application with Flagpost's HTTP manners, not yet listening. Proxies given are believed whom they speak for. */
export async function createApp(
  module: Type | DynamicModule,
  log: Log,
  trustedProxies: readonly string[] = [],
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    forceCloseConnections: 'idle',
    frameworkErrors: answerRouterError,
    clientErrorHandler: answerParserError,
    http: { requireHostHeader: false },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, querystringParser: parseQuery, caseSensitive: true },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: log,
    abortOnError: false,
  });
  const server = app.getHttpAdapter().getInstance();
  await app.register(compress, {
    threshold: COMPRESS_FROM_BYTES,
    encodings: ['gzip', 'deflate', 'identity'],
  });
  useJsonBodies(server as unknown as Parameters<typeof useJsonBodies>[0]);
  useStreamedBodies(server as unknown as Parameters<typeof useStreamedBodies>[0]);
  server.addHook('onRequest', demandHost);
  openRequestScope(app);
  app.enableCors({
    origin: '*',
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'],
    exposedHeaders: ['token'],
  });
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ErrorFilter(log, app.get(IdGenerator)));
  return app;
}

/** Everything after the body has been read runs inside the call's scope. */
function openRequestScope(app: NestFastifyApplication): void {
  const context = app.get(RequestContext);
  const clock = app.get(Clock);
  const observer = app.get(RequestObserver);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('preHandler', (request, _reply, done) => {
    const scope = {
      startedAt: clock.now(),
      locale: localeOf(request.headers['accept-language']),
      traceparent: observer.begin(request),
    };
    context.run(scope, done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    observer.end(request, reply);
    done();
  });
}
