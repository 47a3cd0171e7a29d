import { connect } from 'node:net';
import { cpus } from 'node:os';

/** CPU time of the whole machine since its start, milliseconds over all cores. */
interface MachineTime {
  readonly idle: number;
  readonly all: number;
}

/** Watches how many cores of the machine have nothing to do, whoever keeps the others busy. */
export class IdleWatch {
  readonly #start = machineTime();

  /** Cores that were idle since the watch began, on average. */
  idleCores(): number {
    const now = machineTime();
    return ((now.idle - this.#start.idle) / (now.all - this.#start.all)) * cpus().length;
  }
}

function machineTime(): MachineTime {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}

/** Whether something listens where this URL points. */
export function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port || 6379), hostname);
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
