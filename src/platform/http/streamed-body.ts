import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createParamDecorator, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { DomainError } from '../errors/index.js';

/** Marks, in a route's configuration, that it reads its bodies itself. */
const STREAMS_BODY = 'streamsBody';

/** A body that is being read. */
interface OpenBody {
  readonly body: Readable;
  isStopped: boolean;
  /** Ends the wait for the next bytes. */
  interrupt: () => void;
}

const bodies = new WeakMap<FastifyRequest, OpenBody>();

/** Lets a route take bodies of any size and type as a stream: see `StreamedBody`. All others read JSON, up to a limit. */
export const StreamsBody = (): CustomDecorator => RouteConfig({ [STREAMS_BODY]: true });

/**
 * The body's bytes, unzipped where it came zipped, on routes marked with `StreamsBody`. They are read from the connection as fast as they
 * are taken, and no faster. Fails with `body_unreadable` where the connection broke, or what came can't be unzipped, and with
 * `server_stopping` as soon as the server stops, which a large file or a slow sender would hold up. What is not taken is read and dropped, so
 * that the caller gets to see an early answer.
 */
export const StreamedBody = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AsyncIterable<Buffer> =>
    chunksOf(bodies.get(context.switchToHttp().getRequest<FastifyRequest>())),
);

/** Sees to it that marked routes get their bodies. To be called before routes are made, and after whatever unzips bodies. */
export function useStreamedBodies(server: FastifyInstance): void {
  const open = new Map<ServerResponse, OpenBody>();
  server.addHook('preClose', (done) => {
    for (const [response, body] of open) stop(body, response);
    done();
  });
  server.addHook('onRoute', (route) => {
    if (!route.config || !(STREAMS_BODY in route.config)) return;
    route.bodyLimit = Number.MAX_SAFE_INTEGER;
    route.preParsing = [route.preParsing ?? []].flat().concat((request, { raw: response }, payload, done) => {
      const body = payload as Readable;
      body.on('error', () => undefined);
      // What the route left, or what somebody who may not call it sends.
      response.once('finish', () => body.resume());
      const opened: OpenBody = { body, isStopped: false, interrupt: () => undefined };
      bodies.set(request, opened);
      open.set(response, opened);
      response.once('close', () => open.delete(response));
      done(null, emptyBodyOf(request));
    });
  });
}

/** What is left for the parser of JSON. It compares the length that was promised with what it is told was received. */
function emptyBodyOf({ headers }: FastifyRequest): RequestPayload {
  const receivedEncodedLength = Number(headers['content-length'] ?? 0);
  return Object.assign(Readable.from([]), { receivedEncodedLength });
}

/** Nobody waits for the rest of the body: the connection ends with the answer. */
function stop(open: OpenBody, response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
  open.isStopped = true;
  open.interrupt();
}

async function* chunksOf(open: OpenBody | undefined): AsyncGenerator<Buffer> {
  if (!open) return;
  // Not destroyed when the reader stops early: that would take the connection along, and with it the answer.
  const chunks = open.body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  for (;;) {
    const { done, value } = await nextOf(chunks, open);
    if (done === true) return;
    yield value;
  }
}

/** @throws DomainError `server_stopping`, `body_unreadable` */
function nextOf(chunks: AsyncIterator<Buffer>, open: OpenBody): Promise<IteratorResult<Buffer, unknown>> {
  return new Promise((resolve, reject) => {
    open.interrupt = () => reject(new DomainError('server_stopping'));
    if (open.isStopped) return open.interrupt();
    chunks
      .next()
      .then(resolve, (error: unknown) => reject(new DomainError('body_unreadable', {}, { cause: error })));
  });
}
