/**
 * The receiver of a measurement, in a process of its own so that it takes nothing from the sender's. It knows just enough
 * of HTTP to find the end of a request, so it is never the limit. Paths that begin with `/hang` get no answer.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { sharedClockMs } from './statistics.js';
import type { Arrival, SinkCommand, SinkState } from './sink.js';

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok');

/** How many requests are kept whole, to be sent again by the bare loop. */
const SAMPLES = 200;

let state: SinkState = emptyState();
let keepsArrivals = false;
const hanging = new Set<Socket>();

function emptyState(): SinkState {
  return { count: 0, firstAt: 0, lastAt: 0, samples: [], arrivals: [] };
}

function serve(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => hanging.delete(socket));
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const end = endOfRequest(pending);
    if (end === undefined) return;
    const request = pending.subarray(0, end);
    pending = pending.subarray(end);
    if (request.subarray(0, 11).toString('latin1') === 'POST /hang ') hanging.add(socket);
    else {
      socket.write(ANSWER);
      note(request);
    }
  });
}

function endOfRequest(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return bytes.length < end ? undefined : end;
}

function note(request: Buffer): void {
  const now = sharedClockMs();
  if (state.count === 0) state.firstAt = now;
  state.lastAt = now;
  state.count += 1;
  if (state.samples.length < SAMPLES) state.samples.push(request.toString('utf8'));
  if (keepsArrivals) state.arrivals.push(arrivalOf(request.toString('utf8'), now));
}

function arrivalOf(text: string, at: number): Arrival {
  return {
    path: text.slice(5, text.indexOf(' ', 5)),
    toggleKey: /"toggleKey":"([^"]*)"/.exec(text)?.[1] ?? '',
    at,
  };
}

function obey(command: SinkCommand): void {
  if (command.kind === 'reset') {
    state = emptyState();
    keepsArrivals = command.keepsArrivals;
  }
  if (command.kind === 'release') for (const socket of hanging) socket.destroy();
  const answer = command.kind === 'count' ? { ...state, samples: [], arrivals: [] } : state;
  process.send?.(answer);
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', obey);
process.on('disconnect', () => process.exit(0));
