import { loadSettings } from './platform/config/index.js';
import { createRootLogger, Log } from './platform/log/logger.js';
import { rotateMasterKey, type RotationReport } from './platform/sealing/index.js';

/** `npm run rotate-master-key`: seals all secrets in the database with a new master key. See docs/signatures.md. */
async function main(): Promise<void> {
  const settings = loadSettings(process.env);
  const report = await rotateMasterKey(settings, new Log(createRootLogger('error')));
  process.stdout.write(`${wordsOf(report)}\n`);
}

function wordsOf({ resealed, keyFile }: RotationReport): string {
  const sealed = `Sealed ${resealed} values with the new master key.`;
  const next = keyFile
    ? `It is in ${keyFile}: back that file up with the database.`
    : 'Now start every process with MASTER_KEY set to the new key alone.';
  return `${sealed}\n${next}\nSign-ins made with the old key end with it; access tokens and SDK keys stay good.`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
