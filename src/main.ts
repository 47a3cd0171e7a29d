import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { EgressPolicy } from './delivery/index.js';
import { FirstAccount } from './members/index.js';
import { loadSettings, SettingsError } from './platform/config/index.js';
import { start } from './start.js';
import { welcome } from './welcome.js';

/** Longest wait for requests and deliveries under way at a stop, in milliseconds; a try takes at most 30 s. */
const STOP_LIMIT_MS = 40_000;

async function main(): Promise<void> {
  const settings = loadSettings(process.env, { egressAllow: (entries) => EgressPolicy.parse(entries) });
  const app = await start(settings);
  const { port } = app.getHttpServer().address() as AddressInfo;
  process.stdout.write(welcome(settings, port, app.get(FirstAccount, { strict: false }).generatedPassword));
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(
      () => fail(`Still busy ${STOP_LIMIT_MS / 1000} s after ${signal}`, 'giving up'),
      STOP_LIMIT_MS,
    ).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => fail(`Could not stop cleanly after ${signal}`, error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(message: string, error: unknown): never {
  process.stderr.write(`${message}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch((error: unknown) => {
  if (error instanceof SettingsError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  fail('Flagpost could not start', error);
});
