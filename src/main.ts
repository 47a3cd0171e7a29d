import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EgressPolicy } from './delivery/index.js';
import { loadSettings, SettingsError } from './platform/config/index.js';
import { start, stop } from './start.js';
import { welcome } from './welcome.js';

/** Longest wait for requests and deliveries under way at a stop, in milliseconds; a try takes at most 30 s. */
const STOP_LIMIT_MS = 40_000;

let running: NestFastifyApplication | undefined;
let stopping = false;

async function main(): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => onSignal(signal));
  const settings = loadSettings(process.env, { egressAllow: (entries) => EgressPolicy.parse(entries) });
  running = await start(settings);
  const { port } = running.getHttpServer().address() as AddressInfo;
  process.stdout.write(welcome(settings, port));
}

/** Ends what is under way, then the process. While it is still starting there is nothing under way. */
function onSignal(signal: NodeJS.Signals): void {
  if (stopping) return;
  stopping = true;
  if (!running) process.exit(0);
  setTimeout(
    () => fail(`Still busy ${STOP_LIMIT_MS / 1000} s after ${signal}`, 'giving up'),
    STOP_LIMIT_MS,
  ).unref();
  stop(running).then(
    () => process.exit(0),
    (error: unknown) => fail(`Could not stop cleanly after ${signal}`, error),
  );
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
