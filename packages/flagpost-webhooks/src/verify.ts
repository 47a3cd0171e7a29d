import {
  createHmac,
  createPublicKey,
  timingSafeEqual,
  verify as verifySignature,
  type KeyObject,
} from 'node:crypto';

/** Request headers as Node has them, or as `fetch` has them. Names count whatever their case. */
export type HeaderSource =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * What proves who sent a request: the webhook's secret, as it is; or its public key, as `whpk_…` or as an object with the bare
 * base64 of its 32 bytes.
 */
export type Secret = string | { readonly publicKey: string };

export interface VerifyOptions {
  /**
   * `standard` (the default): `webhook-signature`, which covers id and time too, with HMAC-SHA256 (`v1`) or Ed25519 (`v1a`).
   * `featureprobe`: `X-FeatureProbe-Sign`, for a FeatureProbe server. It doesn't cover the time, so a request that somebody
   * recorded can be sent again: take it only where nothing better comes.
   */
  readonly scheme?: 'standard' | 'featureprobe';
  /** How old, and how far ahead, `webhook-timestamp` may be, in seconds. Default 300. */
  readonly toleranceSeconds?: number;
  /** Now, epoch milliseconds; for tests. */
  readonly now?: number;
}

/** A request that is genuine. */
export interface Verified {
  readonly scheme: 'v1' | 'v1a' | 'featureprobe';
  /** The event's id, the same at every try: drop what you have seen. Absent from FeatureProbe. */
  readonly id?: string;
  /** When this try was sent, epoch milliseconds. Absent from FeatureProbe. */
  readonly sentAt?: number;
}

export type FailureReason =
  /** No secret was given, or an empty one, with which anyone can sign; or a public key that is none. */
  | 'bad_secret'
  /** A header that the scheme needs is not there. */
  | 'missing_header'
  /** `webhook-timestamp` is no number of seconds. */
  | 'bad_timestamp'
  | 'too_old'
  | 'too_new'
  /** No signature is of a kind that the given secrets can check. */
  | 'unknown_scheme'
  /** Another secret, or another body: often one that was parsed and written again. */
  | 'wrong_signature';

/** Why a request can't be trusted. Answer 400 or 401, so that it is sent again. */
export class WebhookVerificationError extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
  ) {
    super(message);
    this.name = 'WebhookVerificationError';
  }
}

const DEFAULT_TOLERANCE_SECONDS = 300;
const PUBLIC_KEY_PREFIX = 'whpk_';
const PUBLIC_KEY_BYTES = 32;

/**
 * Proves that a request comes from who knows the secret. Give it the body's exact bytes, before anything parses them, and several
 * secrets while one replaces another.
 * @throws WebhookVerificationError with the reason
 */
export function verify(
  headers: HeaderSource,
  body: string | Uint8Array,
  secret: Secret | readonly Secret[],
  options: VerifyOptions = {},
): Verified {
  const keys = (isList(secret) ? secret : [secret]).map(toKey);
  if (keys.length === 0) throw new WebhookVerificationError('bad_secret', 'No secret was given');
  return options.scheme === 'featureprobe'
    ? verifyFeatureProbe(headers, body, keys)
    : verifyStandard(headers, body, keys, options);
}

type Key =
  { readonly kind: 'shared'; readonly secret: string } | { readonly kind: 'public'; readonly key: KeyObject };

function verifyFeatureProbe(
  headers: HeaderSource,
  body: string | Uint8Array,
  keys: readonly Key[],
): Verified {
  const given = demand(headers, 'x-featureprobe-sign');
  const shared = keys.filter((key) => key.kind === 'shared');
  if (shared.length === 0)
    throw new WebhookVerificationError(
      'unknown_scheme',
      'X-FeatureProbe-Sign needs the secret, not a public key',
    );
  if (shared.some(({ secret }) => same(given, createHmac('sha1', secret).update(body).digest())))
    return { scheme: 'featureprobe' };
  throw wrongSignature('X-FeatureProbe-Sign');
}

function verifyStandard(
  headers: HeaderSource,
  body: string | Uint8Array,
  keys: readonly Key[],
  options: VerifyOptions,
): Verified {
  const id = demand(headers, 'webhook-id');
  const timestamp = demand(headers, 'webhook-timestamp');
  const signatures = demand(headers, 'webhook-signature').split(' ').map(split);
  const sentAt = checkTime(timestamp, options);
  const message = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(body)]);
  let wasTried = false;
  for (const key of keys) {
    const scheme = key.kind === 'shared' ? 'v1' : 'v1a';
    for (const { version, value } of signatures) {
      if (version !== scheme) continue;
      wasTried = true;
      if (fits(key, message, value)) return { scheme, id, sentAt };
    }
  }
  if (wasTried) throw wrongSignature('webhook-signature');
  const versions = signatures.map(({ version }) => version).join(', ');
  throw new WebhookVerificationError(
    'unknown_scheme',
    `webhook-signature has ${versions}: a secret checks v1, a public key v1a`,
  );
}

/** The time in epoch milliseconds. */
function checkTime(timestamp: string, { toleranceSeconds, now }: VerifyOptions): number {
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('bad_timestamp', 'webhook-timestamp is no number of seconds');
  const sentAt = Number(timestamp) * 1000;
  const age = ((now ?? Date.now()) - sentAt) / 1000;
  const tolerance = toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
  if (age > tolerance)
    throw new WebhookVerificationError('too_old', `The request was sent ${Math.round(age)} s ago`);
  if (age < -tolerance)
    throw new WebhookVerificationError(
      'too_new',
      `The request comes from ${Math.round(-age)} s ahead: is the clock right?`,
    );
  return sentAt;
}

function fits(key: Key, message: Uint8Array, signature: string): boolean {
  if (key.kind === 'public') return verifySignature(null, message, key.key, Buffer.from(signature, 'base64'));
  return same(signature, createHmac('sha256', key.secret).update(message).digest());
}

/** In constant time: how long it takes says nothing of how much of a guess was right. */
function same(base64: string, expected: Buffer): boolean {
  const given = Buffer.from(base64, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function split(signature: string): { version: string; value: string } {
  const comma = signature.indexOf(',');
  return { version: signature.slice(0, Math.max(comma, 0)), value: signature.slice(comma + 1) };
}

function toKey(secret: Secret): Key {
  if (typeof secret !== 'string') return publicKey(secret.publicKey);
  if (secret.startsWith(PUBLIC_KEY_PREFIX)) return publicKey(secret);
  if (secret === '')
    throw new WebhookVerificationError('bad_secret', 'The secret is empty: anyone could sign with it');
  return { kind: 'shared', secret };
}

function publicKey(text: string): Key {
  const base64 = text.startsWith(PUBLIC_KEY_PREFIX) ? text.slice(PUBLIC_KEY_PREFIX.length) : text;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== PUBLIC_KEY_BYTES)
    throw new WebhookVerificationError(
      'bad_secret',
      `The public key has ${bytes.length} bytes, not ${PUBLIC_KEY_BYTES}`,
    );
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
  return { kind: 'public', key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function demand(headers: HeaderSource, name: string): string {
  const value = headerOf(headers, name);
  if (value) return value;
  const hint =
    name.startsWith('webhook-') && headerOf(headers, 'x-featureprobe-sign')
      ? '; X-FeatureProbe-Sign is there: for a FeatureProbe server ask for the scheme featureprobe'
      : '';
  throw new WebhookVerificationError('missing_header', `The header ${name} is missing${hint}`);
}

function headerOf(headers: HeaderSource, name: string): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined;
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name);
  const value = found === undefined ? undefined : headers[found];
  return typeof value === 'string' || value === undefined ? value : value.join(' ');
}

function isFetchHeaders(headers: HeaderSource): headers is { get(name: string): string | null } {
  return typeof headers['get'] === 'function';
}

function isList(secret: Secret | readonly Secret[]): secret is readonly Secret[] {
  return Array.isArray(secret);
}

function wrongSignature(header: string): WebhookVerificationError {
  return new WebhookVerificationError(
    'wrong_signature',
    `${header} doesn't fit: another secret, or not the exact bytes of the body`,
  );
}
