import { createHmac, createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Clock } from '../../src/platform/clock/clock.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { SigningKeys } from '../../src/webhooks/signing/signing-keys.js';
import { ApiClient, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver, type Received } from '../support/receiver.js';
import { addOrganization } from '../support/second-organization.js';

const HOUR_MS = 3_600_000;

class SteppedClock extends Clock {
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

function sha1Fits(secret: string, { bytes, headers }: Received): boolean {
  return headers['x-featureprobe-sign'] === createHmac('sha1', secret).update(bytes).digest('base64');
}

/** Verifies as a receiver does; the library's clock is the real one, so the steps are taken out again. */
function v1Fits(secret: string, { bytes, headers }: Received): boolean {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${bytes.toString()}`;
  const expected = `v1,${createHmac('sha256', secret).update(content).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(expected);
}

/** Whether the asymmetric signature fits a public key as Standard Webhooks writes it. */
function v1aFits(whpk: string, { bytes, headers }: Received): boolean {
  const signatures = String(headers['webhook-signature']).split(' ');
  const found = signatures.find((one) => one.startsWith('v1a,'));
  if (!found) return false;
  const x = Buffer.from(whpk.slice('whpk_'.length), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${bytes.toString()}`;
  return verify(null, Buffer.from(content), key, Buffer.from(found.slice('v1a,'.length), 'base64'));
}

describe.each(DATABASES)('signatures on %s', (kind) => {
  const clock = new SteppedClock();
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind, {}, { clock });
    // Sessions end when the clock is put a day ahead; a token doesn't.
    const { token } = await flagpost.owner.ok('POST', '/api/tokens', { name: 'owner', type: 'PERSON' });
    owner = new ApiClient(flagpost.baseUrl, { Authorization: token });
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });
  afterEach(() => {
    clock.ahead = 0;
    receiver.received.splice(0);
    receiver.answerWith(200, {}, 'ok');
  });

  let count = 0;
  /** One that gets samples alone. */
  const make = (fields: Json = {}): Promise<Json> =>
    owner.ok('POST', '/api/webhooks', {
      name: `hook ${(count += 1)}`,
      url: receiver.url,
      status: 'DISABLE',
      ...fields,
    });
  const rotate = (id: number, body?: Json): Promise<Json> =>
    owner.ok('POST', `/api/webhooks/${id}/rotateSecret`, body);
  const get = (id: number): Promise<Json> => owner.ok('GET', `/api/webhooks/${id}`);
  const test = (id: number, body: Json = {}): Promise<Json> =>
    owner.ok('POST', `/api/webhooks/${id}/test`, body);
  const sample = async (id: number): Promise<Received> => {
    await test(id);
    return receiver.received.at(-1)!;
  };
  /** Which of the secrets one of the signatures of a sample is made with. */
  const signing = async (id: number, secrets: string[]): Promise<string[]> => {
    const request = await sample(id);
    expect(String(request.headers['webhook-signature']).split(' ').length).toBeLessThanOrEqual(2);
    return secrets.filter((secret) => v1Fits(secret, request));
  };
  const lastEvent = async (): Promise<Json> =>
    (await owner.ok('GET', '/api/events?resource=WEBHOOK&limit=1')).content[0];

  describe('rotation', () => {
    it('lets the old secret sign beside the new one for a day, unless told otherwise', async () => {
      const { id } = await make({ secretKey: 'old' });
      const rotated = await rotate(id, { secretKey: 'new' });
      expect(rotated).toMatchObject({ id, secretKey: 'new', health: { state: 'DISABLED' } });
      const hours = (Date.parse(rotated.previousSecretValidUntil) - clock.now()) / HOUR_MS;
      expect(hours).toBeGreaterThan(23);
      expect(hours).toBeLessThanOrEqual(24);
      expect(await get(id)).toEqual(rotated);

      const request = await sample(id);
      const headers = request.headers as Record<string, string>;
      for (const secret of ['new', 'old'])
        new Webhook(secret, { format: 'raw' }).verify(request.bytes, headers);
      expect(() => new Webhook('other', { format: 'raw' }).verify(request.bytes, headers)).toThrow();
      expect(sha1Fits('new', request)).toBe(true);

      clock.ahead = 23 * HOUR_MS;
      expect(await signing(id, ['new', 'old'])).toEqual(['new', 'old']);
      clock.ahead = 24 * HOUR_MS;
      expect(await signing(id, ['new', 'old'])).toEqual(['new']);
    });

    it('shows the end of the overlap no longer than it lasts', async () => {
      const { id } = await make();
      expect(await rotate(id, { overlapHours: 2 })).toHaveProperty('previousSecretValidUntil');
      clock.ahead = 2 * HOUR_MS;
      expect(await get(id)).not.toHaveProperty('previousSecretValidUntil');
    });

    it('signs a delivery by the time of its try', async () => {
      const { id } = await make({ status: 'ENABLE', secretKey: 'old', events: ['PROJECT.*'] });
      receiver.answerWith(500);
      await rotate(id, { secretKey: 'new', overlapHours: 1 });
      await owner.ok('POST', '/api/projects', { key: `p${id}`, name: `P ${id}` });
      const [first] = await receiver.waitFor('PROJECT.CREATE');
      expect(['new', 'old'].map((secret) => v1Fits(secret, first!))).toEqual([true, true]);
      clock.ahead = HOUR_MS;
      await receiver.waitFor('PROJECT.CREATE', receiver.of('PROJECT.CREATE').length + 2);
      const last = receiver.of('PROJECT.CREATE').at(-1)!;
      expect(['new', 'old'].map((secret) => v1Fits(secret, last))).toEqual([true, false]);
      expect(last.headers['webhook-id']).toBe(first!.headers['webhook-id']);
      receiver.answerWith(200);
      await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('makes a secret where none is given, and ends the old one at once without an overlap', async () => {
      const { id, secretKey } = await make();
      const rotated = await rotate(id, { overlapHours: 0 });
      expect(rotated.secretKey).toMatch(/^[0-9a-f]{40}$/);
      expect(rotated.secretKey).not.toBe(secretKey);
      expect(rotated).not.toHaveProperty('previousSecretValidUntil');
      expect(await signing(id, [secretKey, rotated.secretKey])).toEqual([rotated.secretKey]);
    });

    it('keeps the last two secrets of several rotations', async () => {
      const { id } = await make({ secretKey: 'first' });
      await rotate(id, { secretKey: 'second', overlapHours: 720 });
      await rotate(id, { secretKey: 'third', overlapHours: 1 });
      expect(await signing(id, ['first', 'second', 'third'])).toEqual(['second', 'third']);
      clock.ahead = HOUR_MS;
      expect(await signing(id, ['first', 'second', 'third'])).toEqual(['third']);
    });

    it('has nothing to overlap with where nothing was signed', async () => {
      const { id } = await make({ secretKey: '' });
      const rotated = await rotate(id, { secretKey: 'new' });
      expect(rotated).not.toHaveProperty('previousSecretValidUntil');
      expect(await signing(id, ['new'])).toEqual(['new']);
    });

    it('is ended by a PATCH of the secret, and by nothing else that a PATCH sends', async () => {
      const { id } = await make({ secretKey: 'old' });
      const rotated = await rotate(id, { secretKey: 'new' });
      await owner.ok('PATCH', `/api/webhooks/${id}`, { ...rotated, description: 'edited' });
      expect(await signing(id, ['new', 'old'])).toEqual(['new', 'old']);
      const patched = await owner.ok('PATCH', `/api/webhooks/${id}`, { secretKey: 'newest' });
      expect(patched).not.toHaveProperty('previousSecretValidUntil');
      expect(await signing(id, ['newest', 'new', 'old'])).toEqual(['newest']);
    });

    it('is an edit, told by an event without values', async () => {
      const { id, modifiedTime } = await make({ secretKey: 'quite-old' });
      clock.ahead = 1000;
      const rotated = await rotate(id, { secretKey: 'quite-new' });
      expect(Date.parse(rotated.modifiedTime)).toBeGreaterThan(Date.parse(modifiedTime));
      const event = await lastEvent();
      expect(event).toMatchObject({ action: 'UPDATE', operator: 'Admin', data: { id } });
      expect(event.changes).toContainEqual({ path: '/secretKey' });
      expect(JSON.stringify(event)).not.toMatch(/quite-/);
    });

    it.each([
      ['secretKey must not be empty', { secretKey: '' }],
      ['secretKey must differ', { secretKey: 'present' }],
      ['secretKey must be text', { secretKey: 5 }],
      ['overlapHours must be at least 0', { overlapHours: -1 }],
      ['overlapHours must be at most 720', { overlapHours: 721 }],
      ['overlapHours must be a whole number', { overlapHours: 1.5 }],
    ])('refuses: %s', async (message, body) => {
      const { id } = await make({ secretKey: 'present' });
      const before = await get(id);
      const answer = await owner.post(`/api/webhooks/${id}/rotateSecret`, body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.message).toContain(message);
      expect(await get(id)).toEqual(before);
    });

    it('knows only webhooks of the organization', async () => {
      const { id } = await make();
      const other = await addOrganization(flagpost, `stranger-${id}`);
      for (const [client, which] of [
        [other, id],
        [owner, 999_999],
      ] as const) {
        const answer = await client.post(`/api/webhooks/${which}/rotateSecret`);
        expect(answer.body.code).toBe('not_found');
      }
    });
  });

  describe('asymmetric ones', () => {
    const keysAt = (path: string): Promise<Json> => flagpost.anonymous.ok('GET', path);

    it('are checked with the key at a public URL', async () => {
      const { id, publicKeyPath, secretKey } = await make({ asymmetricSignature: true });
      const answer = await flagpost.anonymous.get(publicKeyPath);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
      const [key, ...others] = answer.body.keys;
      expect(others).toEqual([]);
      expect(key).toEqual({
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.stringMatching(/^[\w-]{43}$/),
        kid: expect.stringMatching(/^[\w-]{43}$/),
        use: 'sig',
        alg: 'EdDSA',
        whpk: `whpk_${Buffer.from(key.x, 'base64url').toString('base64')}`,
      });
      const request = await sample(id);
      expect(v1aFits(key.whpk, request)).toBe(true);
      expect(v1Fits(secretKey, request)).toBe(true);
      new Webhook(secretKey, { format: 'raw' }).verify(
        request.bytes,
        request.headers as Record<string, string>,
      );
    });

    it('need no secret', async () => {
      const { id, publicKeyPath } = await make({ asymmetricSignature: true, secretKey: '' });
      const { keys } = await keysAt(publicKeyPath);
      const request = await sample(id);
      expect(request.headers['webhook-signature']).toMatch(/^v1a,\S+$/);
      expect(request.headers).not.toHaveProperty('x-featureprobe-sign');
      expect(v1aFits(keys[0].whpk, request)).toBe(true);
    });

    it('go with real deliveries, and stop when switched off', async () => {
      const { id, publicKeyPath } = await make({
        status: 'ENABLE',
        events: ['PROJECT.*'],
        asymmetricSignature: true,
      });
      const { keys } = await keysAt(publicKeyPath);
      await owner.ok('POST', '/api/projects', { key: `a${id}`, name: `A ${id}` });
      const [request] = await receiver.waitFor('PROJECT.CREATE');
      expect(v1aFits(keys[0].whpk, request!)).toBe(true);
      const off = await owner.ok('PATCH', `/api/webhooks/${id}`, { asymmetricSignature: false });
      expect(off).not.toHaveProperty('publicKeyPath');
      expect((await lastEvent()).changes).toContainEqual(
        expect.objectContaining({ path: '/asymmetricSignature' }),
      );
      expect((await sample(id)).headers['webhook-signature']).not.toContain('v1a');
      await owner.ok('DELETE', `/api/webhooks/${id}`);
    });

    it('have a key pair of their own in each organization, and none where none was asked for', async () => {
      const other = await addOrganization(flagpost, 'asymmetric');
      const path = `/.well-known/organizations/${other.headers['X-OrganizeID']}/jwks.json`;
      expect(await keysAt(path)).toEqual({ keys: [] });
      const webhook = { name: 'theirs', url: receiver.url, asymmetricSignature: true, status: 'DISABLE' };
      const theirs = await other.ok('POST', '/api/webhooks', webhook);
      expect(theirs.publicKeyPath).toBe(path);
      const ours = await make({ asymmetricSignature: true });
      const [theirKeys, ourKeys] = [await keysAt(path), await keysAt(ours.publicKeyPath)];
      expect(theirKeys.keys[0].x).not.toBe(ourKeys.keys[0].x);
      const request = await sample(ours.id);
      expect(v1aFits(ourKeys.keys[0].whpk, request)).toBe(true);
      expect(v1aFits(theirKeys.keys[0].whpk, request)).toBe(false);
    });

    it('agree on one key pair when several ask for the first at once', async () => {
      const keys = flagpost.app.get(SigningKeys, { strict: false });
      const units = flagpost.app.get(UnitOfWork, { strict: false });
      await Promise.all(Array.from({ length: 8 }, () => units.run(() => keys.ensure(4711))));
      const rows = await units.reader.query('SELECT id FROM signing_key WHERE organization_id = 4711');
      expect(rows).toHaveLength(1);
    });

    it('refuses an organization that is no number', async () => {
      const answer = await flagpost.anonymous.get('/.well-known/organizations/x/jwks.json');
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.message).toContain('organizationId');
    });
  });

  describe('self-test', () => {
    /** A receiver that checks one of the three signatures. */
    const checking = (fits: (request: Received) => boolean): void => {
      receiver.reply = (request, response) => {
        response.writeHead(fits(request) ? 200 : 401).end();
      };
    };

    it.each([
      ['X-FeatureProbe-Sign', async () => (request: Received) => sha1Fits('secret', request)],
      ['v1', async () => (request: Received) => v1Fits('secret', request)],
      [
        'v1a',
        async ({ publicKeyPath }: Json) => {
          const { keys } = await flagpost.anonymous.ok('GET', publicKeyPath);
          return (request: Received) => v1aFits(keys[0].whpk, request);
        },
      ],
    ])('is passed by a receiver that checks %s', async (_scheme, receiverOf) => {
      const webhook = await make({ secretKey: 'secret', asymmetricSignature: true });
      checking(await receiverOf(webhook));
      const wrong = await test(webhook.id, { wrongSignature: true });
      expect(wrong).toMatchObject({ success: false, statusCode: 401, signatureCheck: 'REFUSED' });
      expect(wrong.signatureCheckMessage).toContain('401');
      expect(wrong).not.toHaveProperty('wrongSignatureResult');
      const both = await test(webhook.id, { checkSignature: true, event: 'SEGMENT.PUBLISH' });
      expect(both).toMatchObject({
        success: true,
        statusCode: 200,
        signatureCheck: 'REFUSED',
        wrongSignatureResult: { success: false, statusCode: 401 },
      });
      expect(receiver.of('SEGMENT.PUBLISH')).toHaveLength(2);
    });

    it('sends every signature there would be, in its form, and each request with an id of its own', async () => {
      const { id } = await make({ secretKey: 'secret', asymmetricSignature: true });
      await test(id, { checkSignature: true });
      const [right, wrong] = receiver.received;
      expect(Object.keys(wrong!.headers).toSorted()).toEqual(Object.keys(right!.headers).toSorted());
      expect(wrong!.headers['x-featureprobe-sign']).toHaveLength(28);
      expect(wrong!.headers['webhook-signature']).toMatch(/^v1,\S{44} v1a,\S{88}$/);
      expect(wrong!.headers['webhook-id']).not.toBe(right!.headers['webhook-id']);
      expect(sha1Fits('secret', wrong!) || v1Fits('secret', wrong!)).toBe(false);
    });

    it('is not signed with the previous secret either', async () => {
      const { id } = await make({ secretKey: 'old' });
      await rotate(id, { secretKey: 'new' });
      await test(id, { wrongSignature: true });
      const [wrong] = receiver.received;
      expect(['old', 'new'].filter((secret) => v1Fits(secret, wrong!))).toEqual([]);
    });

    it('finds a receiver out that takes everything, and one that refuses everything', async () => {
      const { id } = await make();
      expect(await test(id, { wrongSignature: true })).toMatchObject({
        success: true,
        signatureCheck: 'ACCEPTED',
        signatureCheckMessage: expect.stringContaining('does not check signatures'),
      });
      expect(await test(id, { checkSignature: true })).toMatchObject({
        success: true,
        signatureCheck: 'ACCEPTED',
      });
      receiver.answerWith(401);
      expect(await test(id, { checkSignature: true })).toMatchObject({
        success: false,
        statusCode: 401,
        signatureCheck: 'UNKNOWN',
      });
    });

    it('says when it cannot tell, for want of an answer', async () => {
      const { id } = await make({ url: 'http://127.0.0.1:9/' });
      for (const body of [{ wrongSignature: true }, { checkSignature: true }]) {
        const result = await test(id, body);
        expect(result).toMatchObject({ success: false, signatureCheck: 'UNKNOWN' });
        expect(result.signatureCheckMessage).toContain(result.error);
        expect(result).not.toHaveProperty('wrongSignatureResult');
      }
    });

    it('leaves an ordinary test as it was', async () => {
      const { id } = await make();
      const result = await test(id, { wrongSignature: false });
      expect(Object.keys(result).toSorted()).toEqual(
        ['success', 'statusCode', 'durationMs', 'request', 'response'].toSorted(),
      );
    });

    it.each(['wrongSignature', 'checkSignature'])('refuses %s where nothing is signed', async (field) => {
      const { id } = await make({ secretKey: '' });
      const answer = await owner.post(`/api/webhooks/${id}/test`, { [field]: true });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.message).toMatch(new RegExp(`^${field} .*nothing is signed`));
      expect(receiver.received).toEqual([]);
    });
  });
});
