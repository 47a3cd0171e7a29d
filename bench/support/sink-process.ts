/**
 * The receiver of a measurement: a plain Node HTTP server that answers 200 at once, in a process of its own so that it takes
 * nothing from the sender's. Paths that begin with `/hang` get no answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sharedClockMs } from './statistics.js';
import type { SinkCommand, SinkState } from './sink.js';

/** How many requests are kept whole, to be sent again by the bare loop. */
const SAMPLES = 200;

let state: SinkState = emptyState();
let keepsArrivals = false;
const hanging = new Set<Socket>();

function emptyState(): SinkState {
  return { count: 0, firstAt: 0, lastAt: 0, samples: [], arrivals: [] };
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url?.startsWith('/hang')) {
      hanging.add(request.socket);
      return;
    }
    response.setHeader('Content-Type', 'text/plain');
    response.end('ok');
    note(request, Buffer.concat(chunks).toString('utf8'));
  });
}

function note(request: IncomingMessage, body: string): void {
  const now = sharedClockMs();
  if (state.count === 0) state.firstAt = now;
  state.lastAt = now;
  state.count += 1;
  if (state.samples.length < SAMPLES) state.samples.push(wholeRequest(request, body));
  if (!keepsArrivals) return;
  const toggleKey = /"toggleKey":"([^"]*)"/.exec(body)?.[1] ?? '';
  state.arrivals.push({ path: request.url ?? '', toggleKey, at: now });
}

/** The request as it was on the wire. */
function wholeRequest({ method, url, rawHeaders }: IncomingMessage, body: string): string {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  return `${method} ${url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
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
server.on('connection', (socket) => socket.once('close', () => hanging.delete(socket)));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', obey);
process.on('disconnect', () => process.exit(0));
