// Prints `N passed, N failed` from vitest's JSON report. A skipped test fails the run: CI must not believe in what did not run.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
const skipped = report.numPendingTests + report.numTodoTests;
if (skipped > 0) process.stdout.write(`${skipped} tests were skipped, which counts as failed here\n`);
for (const file of brokenFiles) process.stdout.write(`could not run: ${file.name}\n`);
const failed = report.numFailedTests + brokenFiles.length + skipped;
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
if (failed > 0 || report.numPassedTests === 0) process.exitCode = 1;
