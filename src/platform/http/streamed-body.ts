import { Readable } from 'node:stream';
import { createParamDecorator, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { DomainError } from '../errors/index.js';

/** Marks, in a route's configuration, that it reads its bodies itself. */
const STREAMS_BODY = 'streamsBody';

const bodies = new WeakMap<FastifyRequest, Readable>();

/** Lets a route take bodies of any size and type as a stream: see `StreamedBody`. All others read JSON, up to a limit. */
export const StreamsBody = (): CustomDecorator => RouteConfig({ [STREAMS_BODY]: true });

/**
 * The body's bytes, unzipped where it came zipped, on routes marked with `StreamsBody`. They are read from the connection as fast as they
 * are taken, and no faster. Fails with `body_unreadable` where the connection broke, or what came can't be unzipped. What is not taken
 * is read and dropped, so that the caller gets to see an early answer.
 */
export const StreamedBody = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AsyncIterable<Buffer> =>
    chunksOf(bodies.get(context.switchToHttp().getRequest<FastifyRequest>()) ?? Readable.from([])),
);

/** Sees to it that marked routes get their bodies. To be called before routes are made, and after whatever unzips bodies. */
export function useStreamedBodies(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (!route.config || !(STREAMS_BODY in route.config)) return;
    route.bodyLimit = Number.MAX_SAFE_INTEGER;
    route.preParsing = [route.preParsing ?? []].flat().concat((request, { raw: response }, payload, done) => {
      const body = payload as Readable;
      bodies.set(request, body);
      body.on('error', () => undefined);
      // What the route left, or what somebody who may not call it sends.
      response.once('finish', () => body.resume());
      done(null, emptyBodyOf(request));
    });
  });
}

/** What is left for the parser of JSON. It compares the length that was promised with what it is told was received. */
function emptyBodyOf({ headers }: FastifyRequest): RequestPayload {
  const receivedEncodedLength = Number(headers['content-length'] ?? 0);
  return Object.assign(Readable.from([]), { receivedEncodedLength });
}

async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  try {
    // Not destroyed when the reader stops early: that would take the connection along, and with it the answer.
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  } catch (error) {
    throw new DomainError('body_unreadable', {}, { cause: error });
  }
}
