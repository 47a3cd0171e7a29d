// Builds dist/ when it is missing or older than the sources, so that `npm start` works right after `npm ci`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

const BUILT = 'dist/src/main.js';
const SOURCES = ['src', 'migrations', 'bench', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

const newest = (path) => {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(`${path}/${name}`)), 0);
};

const sources = SOURCES.filter((path) => existsSync(path));
const upToDate = existsSync(BUILT) && sources.every((path) => newest(path) <= statSync(BUILT).mtimeMs);
// An image carries dist/ alone: nothing to compare, nothing to build.
if (!upToDate && existsSync('src')) {
  process.stdout.write('Building …\n');
  const { status } = spawnSync('npx', ['--no-install', 'nest', 'build'], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
