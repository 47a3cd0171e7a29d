import type { FastifyRequest } from 'fastify';
import type { ActiveMember } from '../members/index.js';
import type { AuthenticatedRequest } from '../platform/http/index.js';

/** A request on which the guard left who is calling and with which standing. */
export interface SignedInRequest extends FastifyRequest, AuthenticatedRequest {
  member?: ActiveMember;
}

/** The answer's header from which FeatureProbe's UI takes the token of its next calls. */
export const FRESH_TOKEN_HEADER = 'token';
