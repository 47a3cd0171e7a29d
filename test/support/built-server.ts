import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from './wait-for.js';

const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');
const CACHE = join(ROOT, 'node_modules/.cache/flagpost-test');
const BUILD_LIMIT_MS = 180_000;
const KEEP_MS = 60 * 60_000;

let built: Promise<string> | undefined;

/**
 * Builds the server as `npm run build` does, into a folder of its own for each state of the sources, and answers the path of its
 * `main.js`. Test files that run at once build once, nobody's `dist` is touched, and a build under test never changes.
 * `TEST_SERVER_MAIN` names another build's `main.js` to be tested instead.
 */
export function ensureBuilt(): Promise<string> {
  const given = process.env['TEST_SERVER_MAIN'];
  built ??= given ? Promise.resolve(given) : buildOnce();
  return built;
}

async function buildOnce(): Promise<string> {
  const folder = join(CACHE, await fingerprintOfSources());
  const main = join(folder, 'dist/src/main.js');
  const done = join(folder, 'done');
  if (existsSync(done)) return main;
  await mkdir(CACHE, { recursive: true });
  await waitFor(() => existsSync(done) || lock(folder), 'the build of another test file', BUILD_LIMIT_MS);
  if (existsSync(done)) return main;
  try {
    await removeOldBuilds();
    await build(folder);
    await writeFile(done, '');
    return main;
  } finally {
    await rm(`${folder}.lock`, { force: true });
  }
}

async function build(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Its modules are ESM, and its version is the repository's.
  await writeFile(join(folder, 'package.json'), await readFile(join(ROOT, 'package.json')));
  // CI has just built all of it, and nobody builds there meanwhile.
  if (process.env['CI'] && (await isDistCurrent()))
    return cp(DIST, join(folder, 'dist'), { recursive: true });
  const config = {
    extends: join(ROOT, 'tsconfig.build.json'),
    compilerOptions: {
      rootDir: ROOT,
      outDir: join(folder, 'dist'),
      incremental: false,
      tsBuildInfoFile: null,
    },
    include: ['src', 'migrations'].map((name) => join(ROOT, name)),
    exclude: [join(ROOT, '**/*.spec.ts')],
  };
  const configFile = join(folder, 'tsconfig.json');
  await writeFile(configFile, JSON.stringify(config));
  const nest = join(ROOT, 'node_modules/.bin/nest');
  const options = { cwd: ROOT, timeout: BUILD_LIMIT_MS };
  try {
    await promisify(execFile)(nest, ['build', '--path', relative(ROOT, configFile)], options);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`The server does not build:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Taken by writing a process id; one whose process is gone is nobody's. */
async function lock(folder: string): Promise<boolean> {
  const file = `${folder}.lock`;
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
    if (holder > 0 && !isAlive(holder)) await rm(file, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function removeOldBuilds(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age > KEEP_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Whether `dist` is as new as all that it is built from. */
async function isDistCurrent(): Promise<boolean> {
  const main = join(DIST, 'src/main.js');
  if (!existsSync(main)) return false;
  const sources = await sourceFiles();
  const times = await Promise.all(sources.map(async (name) => (await stat(join(ROOT, name))).mtimeMs));
  return Math.max(...times) <= (await stat(main)).mtimeMs;
}

async function fingerprintOfSources(): Promise<string> {
  const hash = createHash('sha1');
  for (const name of await sourceFiles()) {
    const info = await stat(join(ROOT, name));
    if (info.isFile()) hash.update(`${name} ${info.size} ${info.mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function sourceFiles(): Promise<string[]> {
  const names = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const folder of ['src', 'migrations']) {
    const files = await readdir(join(ROOT, folder), { recursive: true });
    names.push(...files.map((file) => join(folder, file)));
  }
  return names.filter((file) => !file.endsWith('.spec.ts')).sort();
}
