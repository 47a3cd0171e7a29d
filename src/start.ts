import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module.js';
import { serveOpenApi } from './open-api/serve-open-api.js';
import type { Clock } from './platform/clock/clock.js';
import { resolveMasterKey, type Settings } from './platform/config/index.js';
import { createApp } from './platform/http/create-app.js';
import { serveProbesOnly } from './platform/http/probes-only.js';
import { createRootLogger, Log } from './platform/log/logger.js';
import type { OperatorNotice } from './platform/log/operator-notice.js';
import { endInterruptedRotation } from './platform/sealing/index.js';

/** How often connections that have become idle are closed while the server stops, milliseconds. */
const IDLE_CHECK_MS = 50;

export interface StartOptions {
  readonly notice?: OperatorNotice;
  readonly clock?: Clock;
  /** Where log lines go instead of standard output. */
  readonly logDestination?: DestinationStream;
}

/** Starts Flagpost with these settings, listening when it resolves. `stop` ends it. */
export async function start(settings: Settings, options: StartOptions = {}): Promise<NestFastifyApplication> {
  const log = new Log(createRootLogger(settings.logLevel, options.logDestination));
  await endInterruptedRotation(settings);
  const parts = {
    settings,
    masterKey: resolveMasterKey(settings),
    log,
    clock: options.clock,
    notice: options.notice,
  };
  const app = await createApp(AppModule.with(parts), log, settings.trustedProxies);
  if (settings.roles.has('api')) serveOpenApi(app);
  else app.getHttpAdapter().getInstance().addHook('onRequest', serveProbesOnly);
  await app.listen(settings.port, settings.host);
  return app;
}

/**
 * Stops it: takes no new requests, lets those under way end, then lets deliveries under way end and writes their results. The
 * server goes first, since the application would drain the deliveries while it still answers.
 */
export async function stop(app: NestFastifyApplication): Promise<void> {
  // Connections are kept alive after their last answer, and closing would wait for their clients to let go.
  const letGo = setInterval(() => (app.getHttpServer() as Server).closeIdleConnections(), IDLE_CHECK_MS);
  await app.getHttpAdapter().getInstance().close();
  clearInterval(letGo);
  await app.close();
}
