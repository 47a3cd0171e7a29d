/**
 * The receiver of a measurement: a plain Node HTTP server that answers 200 at once unless told otherwise, in a process of its
 * own so that it takes nothing from the sender's. Paths that begin with `/hang` get no answer, those that begin with `/slow`
 * get theirs after 100 ms, those that begin with `/fickle` the status that it was told, and those that begin with `/reach` the answer of a
 * touchpoint that has reached everyone.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sharedClockMs } from './statistics.js';
import type { SinkCommand, SinkState } from './sink.js';

/** How many requests are kept whole, to be sent again by the bare loop. */
const SAMPLES = 200;

const SLOW_MS = 100;

let state: SinkState = emptyState();
let keepsArrivals = false;
let answersAfterMs = 0;
let fickleStatus = 200;
const hanging = new Set<Socket>();

function emptyState(): SinkState {
  return { count: 0, firstAt: 0, lastAt: 0, now: 0, samples: [], arrivals: [] };
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = request.url ?? '';
    if (path.startsWith('/hang')) {
      hanging.add(request.socket);
      return;
    }
    const body = Buffer.concat(chunks).toString('utf8');
    const waitMs = path.startsWith('/slow') ? SLOW_MS : answersAfterMs;
    const status = path.startsWith('/fickle') ? fickleStatus : 200;
    const text = path.startsWith('/reach') ? reached(body) : 'ok';
    if (waitMs > 0) setTimeout(answer, waitMs, response, status, text);
    else answer(response, status, text);
    if (status === 200) note(request, body);
  });
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' });
  response.end(text);
}

/** Without reading all of the request: it is the sender that is measured. */
function reached(body: string): string {
  const orderNo = /"orderNo":"([^"]*)"/.exec(body)?.[1] ?? '';
  let list = '';
  for (const [, gid] of body.matchAll(/"gid":(\d+)/g))
    list += `${list === '' ? '' : ','}{"gid":${gid},"status":"TOU_SUCC"}`;
  return `{"code":0,"orderNo":"${orderNo}","sendStatusList":[${list}]}`;
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
  if (command.kind === 'slow') answersAfterMs = command.ms;
  if (command.kind === 'fickle') fickleStatus = command.status;
  state.now = sharedClockMs();
  process.send?.(command.kind === 'state' ? state : { ...state, samples: [], arrivals: [] });
}

const server = createServer(serve);
server.on('connection', (socket) => socket.once('close', () => hanging.delete(socket)));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', obey);
process.on('disconnect', () => process.exit(0));
