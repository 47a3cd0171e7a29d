import 'reflect-metadata';
import { loadSettings, SettingsError } from './platform/config/index.js';
import { start } from './start.js';

/** Longest wait for requests and deliveries under way at a stop, in milliseconds; a try takes at most 30 s. */
const STOP_LIMIT_MS = 35_000;

async function main(): Promise<void> {
  const app = await start(loadSettings(process.env));
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => fail(`Could not stop cleanly after ${signal}`, error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(message: string, error: unknown): never {
  process.stderr.write(
    `${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}

main().catch((error: unknown) => {
  if (error instanceof SettingsError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  fail('Flagpost could not start', error);
});
