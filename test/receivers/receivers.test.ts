import { createHmac, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed, missing } from './languages.js';
import { ReceiverProcess } from './receiver-process.js';

const SECRET = 'f2d1a7c0 a secret with a blank';
const OTHER_SECRET = 'not the one';
const MAX_BODY = 4 * 1024 * 1024;

for (const { name } of missing)
  console.log(`receivers: ${name} is not on this machine, its sample was not run`);

// The others depend on the machine; these two every CI machine has, and losing them must not go unnoticed.
if (process.env['CI']) {
  it('has the runtimes that CI counts on', () => {
    expect(installed.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'python3']));
  });
}

const base64Hmac = (algorithm: string, secret: string, message: string) =>
  createHmac(algorithm, secret).update(message, 'utf8').digest('base64');

const nowInSeconds = () => Math.floor(Date.now() / 1000);

/** A toggle key of its own makes the line that each test waits for its own. */
function eventBody(toggleKey: string, note = '灰度发布 🚀 "50 %" — ünïcödé'): string {
  return JSON.stringify({
    action: 'PUBLISH',
    data: { key: toggleKey, note, operator: 'nested, not the one to print', rules: [{ keys: ['甲', 'b'] }] },
    environmentKey: 'online',
    operator: '李雷🙂',
    projectKey: 'shop',
    resource: 'TOGGLE',
    timestamp: 1_669_360_165_044,
    toggleKey,
  });
}

const printed = (toggleKey: string) =>
  `TOGGLE.PUBLISH 李雷🙂 projectKey=shop environmentKey=online toggleKey=${toggleKey}`;

const featureProbeHeaders = (body: string, secret = SECRET) => ({
  'x-featureprobe-sign': base64Hmac('sha1', secret, body),
});

function allHeaders(body: string, id: string, timestamp = nowInSeconds()) {
  return {
    ...featureProbeHeaders(body),
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${base64Hmac('sha256', SECRET, `${id}.${timestamp}.${body}`)}`,
  };
}

describe.each(installed)('receiver in $name', (language) => {
  let receiver: ReceiverProcess;

  beforeAll(async () => {
    receiver = await ReceiverProcess.start(language, SECRET);
  });

  afterAll(() => receiver?.stop());

  const post = async (body: string, headers: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${receiver.port}/hooks/flags`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body,
    });
    return { status: response.status, text: await response.text() };
  };

  let markers = 0;
  /** When the line of a later event is there, those of the earlier ones are too. */
  const settle = async () => {
    const key = `marker-${++markers}`;
    const body = eventBody(key);
    expect((await post(body, featureProbeHeaders(body))).status).toBe(200);
    await receiver.waitForLine(printed(key));
  };

  const count = (toggleKey: string) => receiver.lines.filter((line) => line === printed(toggleKey)).length;

  it('says once where it listens', () => {
    expect(receiver.lines.filter((line) => line.startsWith('listening on'))).toHaveLength(1);
  });

  it('takes a signed body and prints it', async () => {
    const body = eventBody('signed');
    expect((await post(body, allHeaders(body, randomUUID()))).status).toBe(200);
    await receiver.waitForLine(printed('signed'));
  });

  it('takes a body signed the way FeatureProbe does, without the Standard Webhooks headers', async () => {
    const body = eventBody('featureprobe');
    expect((await post(body, featureProbeHeaders(body))).status).toBe(200);
    await receiver.waitForLine(printed('featureprobe'));
  });

  it('takes what the standardwebhooks package signs, beside the signature of another secret', async () => {
    const body = eventBody('package');
    const id = randomUUID();
    const signedAt = new Date();
    const sign = (secret: string) => new Webhook(secret, { format: 'raw' }).sign(id, signedAt, body);
    const headers = {
      ...featureProbeHeaders(body),
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1000)),
      'webhook-signature': `${sign(OTHER_SECRET)} ${sign(SECRET)}`,
    };
    expect((await post(body, headers)).status).toBe(200);
    await receiver.waitForLine(printed('package'));
  });

  it.each([
    ['no signature', {}],
    ['an empty signature', { 'x-featureprobe-sign': '' }],
    ['garbage for a signature', { 'x-featureprobe-sign': 'é not base64' }],
    ['the signature of another secret', featureProbeHeaders(eventBody('refused'), OTHER_SECRET)],
    ['the signature of another body', featureProbeHeaders(eventBody('tampered'))],
  ])('refuses %s', async (_, headers: Record<string, string>) => {
    const answer = await post(eventBody('refused'), headers);
    expect(answer).toEqual({ status: 401, text: 'bad signature\n' });
  });

  it('refuses a tampered body', async () => {
    const headers = allHeaders(eventBody('before'), randomUUID());
    expect((await post(eventBody('after'), headers)).status).toBe(401);
    await settle();
    expect(count('after')).toBe(0);
  });

  it.each<[string, (body: string) => Record<string, string>]>([
    [
      'of an unknown version',
      (body) => replaceSignature(body, (signature) => signature.replace('v1,', 'v2,')),
    ],
    ['that is wrong', (body) => replaceSignature(body, () => 'v1,AAAA')],
    ['that is empty', (body) => replaceSignature(body, () => '')],
    ['for another id', (body) => ({ ...allHeaders(body, randomUUID()), 'webhook-id': randomUUID() })],
    ['that is too old', (body) => allHeaders(body, randomUUID(), nowInSeconds() - 6 * 60)],
    ['from the future', (body) => allHeaders(body, randomUUID(), nowInSeconds() + 6 * 60)],
    ['without a time', (body) => ({ ...allHeaders(body, randomUUID()), 'webhook-timestamp': 'soon' })],
  ])('refuses a webhook-signature %s, though X-FeatureProbe-Sign is right', async (_, headersFor) => {
    const body = eventBody('standard');
    expect((await post(body, headersFor(body))).status).toBe(401);
    await settle();
    expect(count('standard')).toBe(0);
  });

  it('answers a repeat like the first and works on it once', async () => {
    const body = eventBody('repeated');
    const id = randomUUID();
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await post(body, allHeaders(body, id, nowInSeconds() - attempt))).status).toBe(200);
    }
    await settle();
    expect(count('repeated')).toBe(1);
  });

  it('works once on repeats that come at the same time', async () => {
    const body = eventBody('at-once');
    const headers = allHeaders(body, randomUUID());
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(body, headers)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    await settle();
    expect(count('at-once')).toBe(1);
  });

  it('does not let a forger use up the id of a real event', async () => {
    const body = eventBody('real');
    const headers = allHeaders(body, randomUUID());
    expect((await post(eventBody('forged'), headers)).status).toBe(401);
    expect((await post(body, headers)).status).toBe(200);
    await receiver.waitForLine(printed('real'));
  });

  it('takes 4 MiB and refuses more, signed or not', async () => {
    const padding = MAX_BODY - Buffer.byteLength(eventBody('large', ''));
    const largest = eventBody('large', 'x'.repeat(padding));
    expect((await post(largest, featureProbeHeaders(largest))).status).toBe(200);
    await receiver.waitForLine(printed('large'));

    for (const size of [padding + 1, 10 * 1024 * 1024]) {
      const tooLarge = eventBody('too-large', 'x'.repeat(size));
      // Some answer and hang up while the body is still coming, which the sender may see as a reset.
      const status = await post(tooLarge, featureProbeHeaders(tooLarge)).then(
        (answer) => answer.status,
        () => 'reset',
      );
      expect([413, 'reset']).toContain(status);
    }
    await settle();
    expect(count('too-large')).toBe(0);
  });
});

function replaceSignature(body: string, change: (signature: string) => string) {
  const headers = allHeaders(body, randomUUID());
  return { ...headers, 'webhook-signature': change(headers['webhook-signature']) };
}
