import { execFile } from 'node:child_process';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseEvent,
  verify,
  WebhookVerificationError,
  type Secret,
  type VerifyOptions,
} from '../../packages/flagpost-webhooks/src/index.js';
import { changeEverything } from '../e2e/every-change.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { typedClient } from '../support/typed-client.js';
import { waitFor } from '../support/wait-for.js';

const SECRET = 'Schlüssel 鍵';
const BODY = '{"action":"PUBLISH","operator":"日本語","resource":"TOGGLE"}';
const NOW = 1_795_313_729_000;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const RAW_PUBLIC_KEY = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('base64');

type HeaderMap = Record<string, string>;

/** Written anew here, as the contract says it. */
function headersFor(body: string, by: { secret?: string; ed25519?: boolean }, at = NOW): HeaderMap {
  const id = 'evt-1';
  const timestamp = String(Math.floor(at / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = [
    ...(by.secret ? [`v1,${createHmac('sha256', by.secret).update(signed).digest('base64')}`] : []),
    ...(by.ed25519 ? [`v1a,${sign(null, Buffer.from(signed), privateKey).toString('base64')}`] : []),
  ];
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
    ...(by.secret && { 'X-FeatureProbe-Sign': createHmac('sha1', by.secret).update(body).digest('base64') }),
  };
}

function reasonOf(headers: HeaderMap, body: string, secret: Secret | Secret[], options: VerifyOptions = {}) {
  try {
    verify(headers, body, secret, { now: NOW, ...options });
    return 'verified';
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    expect(error.message).not.toContain(SECRET);
    return error.reason;
  }
}

describe('verify of flagpost-webhooks', () => {
  const signed = headersFor(BODY, { secret: SECRET });

  it('takes what is genuine, from every kind of headers and body', () => {
    const expected = { scheme: 'v1', id: 'evt-1', sentAt: NOW };
    const options = { now: NOW };
    expect(verify(signed, BODY, SECRET, options)).toEqual(expected);
    expect(verify(new Headers(signed), Buffer.from(BODY), SECRET, options)).toEqual(expected);
    const upper = Object.fromEntries(
      Object.entries(signed).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(verify(upper, new TextEncoder().encode(BODY), SECRET, options)).toEqual(expected);
    expect(verify(signed, BODY, SECRET, { scheme: 'featureprobe' })).toEqual({ scheme: 'featureprobe' });
  });

  it('takes any of several secrets, and any of several signatures', () => {
    expect(reasonOf(signed, BODY, ['new', SECRET])).toBe('verified');
    const other = headersFor(BODY, { secret: 'other' })['webhook-signature']!;
    const both = { ...signed, 'webhook-signature': `${other} ${signed['webhook-signature']!}` };
    expect(reasonOf(both, BODY, SECRET)).toBe('verified');
    expect(reasonOf(both, BODY, 'third')).toBe('wrong_signature');
  });

  it('checks Ed25519 with the public key, with its prefix or bare', () => {
    const headers = headersFor(BODY, { secret: SECRET, ed25519: true });
    expect(verify(headers, BODY, `whpk_${RAW_PUBLIC_KEY}`, { now: NOW }).scheme).toBe('v1a');
    expect(verify(headers, BODY, { publicKey: RAW_PUBLIC_KEY }, { now: NOW }).scheme).toBe('v1a');
    expect(verify(headers, BODY, SECRET, { now: NOW }).scheme).toBe('v1');
    expect(reasonOf(headers, `${BODY} `, { publicKey: RAW_PUBLIC_KEY })).toBe('wrong_signature');
    const stranger = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x!;
    expect(reasonOf(headers, BODY, { publicKey: stranger })).toBe('wrong_signature');
    expect(reasonOf(signed, BODY, { publicKey: RAW_PUBLIC_KEY })).toBe('unknown_scheme');
    expect(reasonOf(headersFor(BODY, { ed25519: true }), BODY, SECRET)).toBe('unknown_scheme');
  });

  it.each<[string, string, HeaderMap, string, Secret, VerifyOptions?]>([
    ['another body', 'wrong_signature', signed, `${BODY} `, SECRET],
    ['another secret', 'wrong_signature', signed, BODY, 'other'],
    ['another id', 'wrong_signature', { ...signed, 'webhook-id': 'evt-2' }, BODY, SECRET],
    ['a cut signature', 'wrong_signature', { ...signed, 'webhook-signature': 'v1,AAAA' }, BODY, SECRET],
    [
      'a signature without version',
      'unknown_scheme',
      { ...signed, 'webhook-signature': 'AAAA' },
      BODY,
      SECRET,
    ],
    ['no signature', 'missing_header', { ...signed, 'webhook-signature': '' }, BODY, SECRET],
    ['no headers', 'missing_header', {}, BODY, SECRET],
    ['no time', 'bad_timestamp', { ...signed, 'webhook-timestamp': 'soon' }, BODY, SECRET],
    ['an old request', 'too_old', signed, BODY, SECRET, { now: NOW + 301_000 }],
    ['one from ahead', 'too_new', signed, BODY, SECRET, { now: NOW - 301_000 }],
    [
      'an old one for whom it is too old',
      'too_old',
      signed,
      BODY,
      SECRET,
      { now: NOW + 11_000, toleranceSeconds: 10 },
    ],
    ['an empty secret', 'bad_secret', headersFor(BODY, { secret: '' }), BODY, ''],
    ['a public key that is none', 'bad_secret', signed, BODY, 'whpk_AAAA'],
    ['another body, FeatureProbe', 'wrong_signature', signed, `${BODY} `, SECRET, { scheme: 'featureprobe' }],
    ['no signature, FeatureProbe', 'missing_header', {}, BODY, SECRET, { scheme: 'featureprobe' }],
    [
      'a public key, FeatureProbe',
      'unknown_scheme',
      signed,
      BODY,
      { publicKey: RAW_PUBLIC_KEY },
      { scheme: 'featureprobe' },
    ],
  ])('refuses %s: %s', (_what, reason, headers, body, secret, options) => {
    expect(reasonOf(headers, body, secret, options)).toBe(reason);
  });

  it('takes no recorded request whose time and id were taken off', () => {
    const { 'X-FeatureProbe-Sign': sign1 } = signed;
    expect(() => verify({ 'X-FeatureProbe-Sign': sign1! }, BODY, SECRET)).toThrow(
      /ask for the scheme featureprobe/,
    );
  });

  it('takes what the library of Standard Webhooks signs, and the other way round', () => {
    const library = new Webhook(Buffer.from(SECRET), { format: 'raw' });
    const at = new Date(NOW);
    const signature = library.sign('msg_1', at, BODY);
    const headers = { ...signed, 'webhook-id': 'msg_1', 'webhook-signature': signature };
    expect(verify(headers, BODY, SECRET, { now: NOW }).id).toBe('msg_1');
    const fresh = headersFor(BODY, { secret: SECRET }, Date.now());
    expect(library.verify(BODY, fresh)).toEqual(JSON.parse(BODY));
    expect(verify(fresh, BODY, SECRET).scheme).toBe('v1');
  });
});

describe('parseEvent of flagpost-webhooks', () => {
  it('reads both formats', () => {
    expect(parseEvent(BODY)).toEqual(JSON.parse(BODY));
    const event = {
      specversion: '1.0',
      id: 'evt-1',
      type: 'io.flagpost.toggle.publish',
      data: JSON.parse(BODY),
    };
    expect(parseEvent(Buffer.from(JSON.stringify(event)))).toEqual(JSON.parse(BODY));
  });

  it.each(['not json', '[]', 'null', '{"text":"of a template"}', '{"specversion":"1.0"}'])(
    'refuses %s',
    (body) => {
      expect(() => parseEvent(body)).toThrow(SyntaxError);
    },
  );
});

describe('flagpost-webhooks with real deliveries', () => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  beforeAll(async () => {
    flagpost = await startFlagpost('sqlite');
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  it('verifies and reads every one', async () => {
    const webhook = { name: 'main', url: receiver.url, secretKey: SECRET };
    await flagpost.owner.ok('POST', '/api/webhooks', webhook);
    const made = await changeEverything(typedClient(flagpost.owner), receiver.url);
    await waitFor(() => receiver.received.length > made.length, 'all events');
    for (const { headers, bytes, body } of receiver.received) {
      const { id, scheme } = verify(headers, bytes, SECRET);
      expect([scheme, id]).toEqual(['v1', headers['webhook-id']]);
      expect(verify(headers, bytes, SECRET, { scheme: 'featureprobe' }).scheme).toBe('featureprobe');
      expect(() => verify(headers, Buffer.concat([bytes, Buffer.from(' ')]), SECRET)).toThrow(/exact bytes/);
      expect(parseEvent(bytes)).toEqual(body);
    }
  });
});

describe('flagpost-webhooks as a package', () => {
  it('builds with our compiler and runs in Node by itself', { timeout: 180_000 }, async () => {
    const root = resolve(import.meta.dirname, '../..');
    const folder = await mkdtemp(join(tmpdir(), 'flagpost-webhooks-'));
    try {
      const project = join(root, 'packages/flagpost-webhooks/tsconfig.json');
      const run = promisify(execFile);
      await run(process.execPath, [
        join(root, 'node_modules/typescript/bin/tsc'),
        '-p',
        project,
        '--outDir',
        folder,
      ]);
      await writeFile(join(folder, 'package.json'), '{"type":"module"}');
      const script = `import { verify } from ${JSON.stringify(pathToFileURL(join(folder, 'index.js')))};
        const [headers, body, secret, now] = JSON.parse(process.argv[1]);
        console.log(verify(headers, body, secret, { now }).id);`;
      const input = JSON.stringify([headersFor(BODY, { secret: SECRET }), BODY, SECRET, NOW]);
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, input]);
      expect(stdout).toBe('evt-1\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
