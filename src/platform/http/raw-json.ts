import { createParamDecorator, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** Marks, in a route's configuration, that the text of its bodies is wanted. */
const KEEPS_RAW_JSON = 'keepsRawJson';

/** The texts of bodies under way, only of routes that want them: others would hold every body twice. */
const texts = new WeakMap<FastifyRequest, string>();

/** Lets a route see its body as it was sent, besides what was read from it: see `RawJson`. */
export const KeepRawJson = (): CustomDecorator => RouteConfig({ [KEEPS_RAW_JSON]: true });

/** The body's text, which is valid JSON, on routes marked with `KeepRawJson`; undefined where there was no body. */
export const RawJson = createParamDecorator((_data: unknown, context: ExecutionContext): string | undefined =>
  texts.get(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Remembers a body's text where its route wants it. */
export function keepRawJson(request: FastifyRequest, text: string): void {
  if (KEEPS_RAW_JSON in request.routeOptions.config) texts.set(request, text);
}
