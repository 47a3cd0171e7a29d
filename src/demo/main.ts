import { listen } from './listen.js';
import { showMainJob } from './main-job.js';

/** `npm run demo`: the main job, before your eyes. `npm run demo -- listen`: a receiver that verifies and prints. */
async function main([command, ...rest]: string[]): Promise<void> {
  if (command === undefined) return showMainJob();
  if (command === 'listen') return listen(rest);
  throw new Error(
    `Unknown command "${command}". Use: npm run demo [-- listen [--port 9000] [--secret SECRET]]`,
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
