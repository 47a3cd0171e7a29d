import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../errors/index.js';
import { BODY_LIMIT_BYTES } from './limits.js';
import { nestsDeeperThan } from './json-depth.js';
import { keepRawJson } from './raw-json.js';

/** Levels of nesting a body may have: twice what targeting content may, and far from what overflows a stack. */
const MAX_DEPTH = 200;

/**
 * Reads every body as JSON, whatever its content type says. FeatureProbe's UI sends `Content-Type: application/json` with
 * no body at all on some PATCH calls, and a body on DELETE; an empty one counts as absent. Keys that would reach an
 * object's prototype are dropped.
 */
export function useJsonBodies(server: FastifyInstance): void {
  const parseJson = server.getDefaultJsonParser('remove', 'remove');
  const parse = (
    request: FastifyRequest,
    body: Buffer,
    done: (error: Error | null, value?: unknown) => void,
  ): void => {
    if (body.length === 0) return done(null, undefined);
    if (nestsDeeperThan(MAX_DEPTH, body)) return done(new DomainError('body_too_deep', { limit: MAX_DEPTH }));
    const text = body.toString('utf8');
    keepRawJson(request, text);
    void parseJson(request, text, (error, value) => {
      done(error ? new DomainError('body_malformed', {}, { cause: error }) : null, value);
    });
  };
  const options = { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES } as const;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', options, parse);
  server.addContentTypeParser('*', options, parse);
}
