import { CONNECTION_RESET } from './connector.js';
import type { FailureReason } from './exchange.js';

/** Why an exchange failed, and what to tell the engineer who reads the delivery log. */
export interface FailureCause {
  readonly reason: FailureReason;
  readonly message: string;
}

/** What errors of Node, OpenSSL and undici carry besides their message, as far as it is used here. */
interface ErrorDetails {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly host: string | undefined;
}

/** What helps with a certificate that no public authority stands for. */
const TRUST =
  'the receiver needs one of a public authority, or this server the file of its authority in NODE_EXTRA_CA_CERTS';

/** Certificate errors by their OpenSSL names, and what they come down to. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired: the receiver has to renew it',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: its first day or the clock of this server is wrong',
  CERT_REVOKED: 'the certificate has been revoked: the receiver has to replace it',
  CERT_UNTRUSTED: `the certificate is not trusted here: ${TRUST}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: `the certificate is self-signed and not trusted here: ${TRUST}`,
  SELF_SIGNED_CERT_IN_CHAIN: `the certificate chain ends in a self-signed certificate that is not trusted here: ${TRUST}`,
  UNABLE_TO_GET_ISSUER_CERT: `the issuer of the certificate is unknown here: ${TRUST}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `the issuer of the certificate is unknown here: ${TRUST}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `the issuer of the certificate is unknown here: the receiver leaves out an intermediate certificate, or ${TRUST}`,
};

type Explain = (error: ErrorDetails) => FailureCause;

const closed: Explain = ({ message }) =>
  /bad response|bad upgrade/.test(message)
    ? { reason: 'malformed', message: 'the receiver sent an interim response (1xx) that was not asked for' }
    : { reason: 'reset', message: 'the receiver closed the connection before it answered' };

const reset: Explain = ({ message }) =>
  message.includes('before secure TLS connection')
    ? { reason: 'tls', message: 'the receiver closed the connection during the TLS handshake' }
    : { reason: 'reset', message: 'the receiver reset the connection before it answered' };

const notConnected =
  (words: string): Explain =>
  (error) => ({ reason: 'other', message: `${words} ${endpointOf(error)}` });

/** One entry per error code that deserves better words than the library's. */
const BY_CODE: Readonly<Record<string, Explain>> = {
  EGRESS_REFUSED: ({ message }) => ({ reason: 'egress', message }),
  ENOTFOUND: ({ host }) => ({
    reason: 'dns',
    message: `name ${host} not found: DNS knows no such host, check the URL`,
  }),
  ENODATA: ({ host }) => ({
    reason: 'dns',
    message: `name ${host} has no address in DNS, check the URL`,
  }),
  EAI_AGAIN: ({ host }) => ({
    reason: 'dns',
    message: `name ${host} could not be looked up: DNS gave no answer for now`,
  }),
  ECONNREFUSED: (error) => ({
    reason: 'refused',
    message: `connection refused by ${endpointOf(error)}: nothing listens on that port`,
  }),
  ECONNRESET: reset,
  [CONNECTION_RESET]: reset,
  EPIPE: () => ({
    reason: 'reset',
    message: 'the receiver closed the connection while the request was being sent',
  }),
  UND_ERR_SOCKET: closed,
  ETIMEDOUT: (error) => ({
    reason: 'timeout',
    message: `no connection to ${endpointOf(error)} was made in time; a firewall may drop what is sent there`,
  }),
  UND_ERR_CONNECT_TIMEOUT: () => ({ reason: 'timeout', message: 'no connection was made in time' }),
  EHOSTUNREACH: notConnected('no route to'),
  ENETUNREACH: notConnected('no network leads to'),
  EADDRNOTAVAIL: notConnected('no local address or port is left to connect to'),
  // Undici's parser asserts what a valid response would be like; a status of 000 for one gets that far.
  ERR_ASSERTION: () => ({ reason: 'malformed', message: 'the response is not valid HTTP/1.1' }),
  UND_ERR_HEADERS_OVERFLOW: () => ({
    reason: 'malformed',
    message: 'the headers of the response are over 64 KiB',
  }),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: () => ({
    reason: 'malformed',
    message: 'the body of the response is not as long as its Content-Length says',
  }),
  UND_ERR_DESTROYED: () => ({ reason: 'aborted', message: 'given up: this process is shutting down' }),
  UND_ERR_CLOSED: () => ({ reason: 'aborted', message: 'given up: this process is shutting down' }),
  UND_ERR_INVALID_ARG: ({ message }) => ({
    reason: 'other',
    message: `the request cannot be sent: ${message}`,
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: ({ host, message }) => ({
    reason: 'tls',
    message:
      host === undefined
        ? `the certificate is for another name (${message})`
        : `the certificate is not for ${host}: check the name in the URL`,
  }),
};

/** Turns whatever Node or undici reports before a response was there into a reason and plain words. */
export function explain(error: unknown): FailureCause {
  const details = detailsOf(error);
  const known = BY_CODE[details.code];
  if (known) return known(details);
  const certificate = CERTIFICATE[details.code];
  if (certificate) return { reason: 'tls', message: certificate };
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO$|UND_ERR_PRX_TLS$|CERT_)/.test(details.code)) {
    return { reason: 'tls', message: `TLS handshake failed: ${tlsWords(details.message)}` };
  }
  if (details.name === 'HTTPParserError') {
    return {
      reason: 'malformed',
      message: `the response is not valid HTTP/1.1: ${parserWords(details.message)}`,
    };
  }
  if (details.code.startsWith('EAI_')) {
    return { reason: 'dns', message: `name ${details.host} could not be looked up (${details.code})` };
  }
  return { reason: 'other', message: details.message || details.code || 'unknown error' };
}

function detailsOf(error: unknown): ErrorDetails {
  const inner = error instanceof AggregateError ? mostTelling(error.errors) : error;
  const message = inner instanceof Error ? inner.message : String(inner);
  return {
    name: text(inner, 'name') ?? '',
    code: text(inner, 'code') ?? text(error, 'code') ?? '',
    message,
    address: text(inner, 'address'),
    port: Number(text(inner, 'port')) || undefined,
    host: text(inner, 'hostname') ?? text(inner, 'host'),
  };
}

/**
 * Node wraps the errors of a host's several addresses into an AggregateError. That this machine has no IPv6 says
 * little when an IPv4 address of the host refused.
 */
function mostTelling(errors: readonly unknown[]): unknown {
  return errors.find((error) => !/UNREACH|EADDRNOTAVAIL/.test(text(error, 'code') ?? '')) ?? errors.at(-1);
}

function text(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null || !(key in value)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

function endpointOf({ address, port }: ErrorDetails): string {
  if (address === undefined) return 'the receiver';
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

/** OpenSSL's `40A…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…c:354:` to `wrong version number`. */
function tlsWords(message: string): string {
  return /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1] ?? message.trim();
}

/** undici's `Response does not match the HTTP/1.1 protocol (Expected HTTP/)` to what is in the brackets. */
function parserWords(message: string): string {
  return /\((.+)\)$/.exec(message)?.[1] ?? message;
}
