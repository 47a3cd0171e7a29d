import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Language } from './languages.js';

const START_TIMEOUT_MS = 50_000;
const LINE_TIMEOUT_MS = 5_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** A sample receiver running as a child process, and the lines it printed. */
export class ReceiverProcess {
  private output = '';
  private errors = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly scratch: string,
    readonly port: number,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
  }

  static async start(language: Language, secret: string): Promise<ReceiverProcess> {
    const scratch = await mkdtemp(join(tmpdir(), 'flagpost-receiver-'));
    const [command, ...args] = await language.start(scratch);
    const port = await freePort();
    // The plainest locale: a receiver must print Chinese in a container too, where nothing is set.
    const env = { ...process.env, PORT: String(port), SECRET: secret, TMPDIR: scratch, LC_ALL: 'C' };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const receiver = new ReceiverProcess(child, scratch, port);
    try {
      await receiver.ready();
    } catch (error) {
      await receiver.stop();
      throw error;
    }
    return receiver;
  }

  get lines(): string[] {
    return this.output.split('\n').slice(0, -1);
  }

  /** A receiver answers before it prints, so its lines come a little later than its answers. */
  async waitForLine(line: string): Promise<void> {
    await this.until(async () => this.lines.includes(line), LINE_TIMEOUT_MS, `the line "${line}"`);
  }

  async stop(): Promise<void> {
    if (this.isRunning()) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exit;
    }
    await rm(this.scratch, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const listening = async () =>
      this.lines.some((line) => line.startsWith('listening on')) && (await accepts(this.port));
    await this.until(listening, START_TIMEOUT_MS, 'the receiver to listen');
  }

  private async until(done: () => Promise<boolean>, timeoutMs: number, what: string): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await done())) {
      if (!this.isRunning() || Date.now() > deadline) {
        throw new Error(`waited in vain for ${what}; printed:\n${this.output}${this.errors}`);
      }
      await sleep(20);
    }
  }

  private isRunning(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }
}
