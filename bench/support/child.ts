import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';

/** Every child process that runs, so that none outlives the measurement however it ends. */
const running = new Set<Child>();

/** Ends at once what is still running, each process by its id. */
export async function killChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()));
}

/** A child process that answers messages, one at a time. */
export class Child {
  readonly #exited: Promise<unknown>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly process: ChildProcess) {
    this.#exited = once(process, 'exit').finally(() => running.delete(this));
    this.#exited.catch(() => undefined);
    running.add(this);
  }

  static start(file: string, options: ForkOptions = {}): Child {
    return new Child(fork(file, [], options));
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** The next message that it sends by itself. */
  async message<T>(): Promise<T> {
    const heard = new AbortController();
    try {
      return await Promise.race([
        once(this.process, 'message', { signal: heard.signal }).then(([message]) => message as T),
        this.#exited.then(() => Promise.reject(new Error(`Process ${this.process.pid} ended`))),
      ]);
    } finally {
      heard.abort();
    }
  }

  /** Sends a message and answers what comes back; whoever asks meanwhile waits, since answers carry no name. */
  ask<T>(question: object): Promise<T> {
    const answer = this.#last.then(() => {
      if (this.hasEnded) throw new Error(`Process ${this.process.pid} has ended`);
      const answered = this.message<T>();
      this.process.send(question);
      return answered;
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /** Asks it to end; if it doesn't within the limit, ends it. */
  async stop(limitMs: number): Promise<void> {
    if (this.hasEnded) return;
    this.process.kill('SIGTERM');
    const limit = setTimeout(() => this.process.kill('SIGKILL'), limitMs);
    await this.#exited;
    clearTimeout(limit);
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return;
    this.process.kill('SIGKILL');
    await this.#exited;
  }
}
