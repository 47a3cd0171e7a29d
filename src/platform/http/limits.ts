/** Largest request body in bytes: targeting content may be 1 MiB, and its JSON may be escaped to several times that. */
export const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** Longest path parameter the router takes; longer ones than any key still get a clear `not_found`. */
export const MAX_PARAM_LENGTH = 4096;
