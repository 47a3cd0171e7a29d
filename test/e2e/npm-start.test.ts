import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureBuilt } from '../support/built-server.js';
import { waitFor } from '../support/wait-for.js';

const PACKAGE = resolve(import.meta.dirname, '../../package.json');

let folder: string;
let npm: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flagpost-npm-'));
  await copyFile(PACKAGE, join(folder, 'package.json'));
  await symlink(resolve(await ensureBuilt(), '../..'), join(folder, 'dist'));
});
afterEach(async () => {
  try {
    // The group: a server that npm left behind, too.
    if (npm?.pid) process.kill(-npm.pid, 'SIGKILL');
  } catch {
    // Nothing of it runs any more.
  }
  await rm(folder, { recursive: true, force: true });
});

it('hands SIGTERM on from npm to the server, and ends with its code', async () => {
  // Without the script before it: this build is there already.
  npm = spawn('npm', ['start', '--ignore-scripts'], {
    cwd: folder,
    detached: true,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      npm_config_update_notifier: 'false',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  npm.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await waitFor(() => printed.includes('listening on'), 'the server to listen', 40_000);
  const ended = once(npm, 'exit');
  npm.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
