import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module.js';
import { serveOpenApi } from './open-api.js';
import type { Clock } from './platform/clock/clock.js';
import { resolveMasterKey, type Settings } from './platform/config/index.js';
import { createApp } from './platform/http/create-app.js';
import { createRootLogger, Log } from './platform/log/logger.js';

export interface StartOptions {
  readonly clock?: Clock;
  /** Where log lines go instead of standard output. */
  readonly logDestination?: DestinationStream;
}

/** Starts Flagpost with these settings, listening when it resolves. `app.close()` stops it gracefully. */
export async function start(settings: Settings, options: StartOptions = {}): Promise<NestFastifyApplication> {
  const log = new Log(createRootLogger(settings.logLevel, options.logDestination));
  const parts = { settings, masterKey: resolveMasterKey(settings), log, clock: options.clock };
  const app = await createApp(AppModule.with(parts), log, settings.trustedProxies);
  serveOpenApi(app);
  await app.listen(settings.port, settings.host);
  return app;
}
