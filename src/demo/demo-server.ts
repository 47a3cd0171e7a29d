import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** A Flagpost of its own for the demonstration: a process on a free port, its database in a folder that is removed after. */
export class DemoServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly address: string,
    readonly password: string,
  ) {}

  static async start(): Promise<DemoServer> {
    const folder = await mkdtemp(join(tmpdir(), 'flagpost-demo-'));
    const password = randomBytes(9).toString('base64url');
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...process.env,
        PORT: '0',
        HOST: '127.0.0.1',
        DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
        ADMIN_PASSWORD: password,
        EGRESS_ALLOW: '127.0.0.1/32',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      return new DemoServer(child, folder, await addressOf(child), password);
    } catch (error) {
      child.kill();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The address from the welcome that the server prints. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
      const match = /listening on http:\/\/localhost:(\d+)/.exec(printed);
      if (match) resolve(`http://127.0.0.1:${match[1]}`);
    });
    child.once('exit', (code) =>
      reject(new Error(`The server ended with ${String(code)} before it listened`)),
    );
    child.once('error', reject);
  });
}
