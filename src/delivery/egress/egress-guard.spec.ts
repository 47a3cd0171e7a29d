import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { EgressGuard, type EgressVerdict, type Resolver } from './egress-guard.js';
import { EgressPolicy } from './egress-policy.js';

const toAddress = (address: string): LookupAddress => ({
  address,
  family: isIP(address.split('%')[0] ?? ''),
});

/** Answers each look-up with the next of these lists, the last one again and again; an empty one is ENOTFOUND. */
function resolving(...answers: string[][]): Resolver {
  let calls = 0;
  return (hostname, _options, callback) => {
    const addresses = answers[Math.min(calls++, answers.length - 1)] ?? [];
    const error =
      addresses.length === 0 ? Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND', hostname }) : null;
    setImmediate(() => callback(error, addresses.map(toAddress)));
  };
}

function guardOf(allow: string[], ...answers: string[][]): EgressGuard {
  return new EgressGuard(EgressPolicy.parse(allow), resolving(...answers));
}

function reasonOf(verdict: EgressVerdict): string {
  return verdict.allowed ? '' : verdict.reason;
}

interface Found {
  error: NodeJS.ErrnoException | null;
  address: string | LookupAddress[];
  family: number | undefined;
}

function lookup(guard: EgressGuard, host: string, all: boolean): Promise<Found> {
  return new Promise((resolve) => {
    guard.lookup(host, { all }, (error, address, family) => resolve({ error, address, family }));
  });
}

/** Spellings of hosts that must be refused, with what the reason has to call them. */
const REFUSED: [string, string][] = [
  ['http://127.0.0.1/', 'a loopback address'],
  ['http://127.0.0.1./', 'a loopback address'],
  ['http://127.255.255.254/', 'a loopback address'],
  ['http://127.1/', 'a loopback address'],
  ['http://2130706433/', 'a loopback address'],
  ['http://017700000001/', 'a loopback address'],
  ['http://0x7f.1/', 'a loopback address'],
  ['http://0x7f000001/', 'a loopback address'],
  ['http://0177.0.0.1/', 'a loopback address'],
  ['http://0177.0x0.0.1/', 'a loopback address'],
  ['http://１２７.0.0.1/', 'a loopback address'],
  ['http://127。0。0。1/', 'a loopback address'],
  ['http://%31%32%37.0.0.1/', 'a loopback address'],
  ['http:127.0.0.1', 'a loopback address'],
  ['http:\\\\127.0.0.1\\x', 'a loopback address'],
  ['HTTP://127.0.0.1:8080/x?y', 'a loopback address'],
  ['http://[::1]/', 'a loopback address'],
  ['http://[0:0:0:0:0:0:0:1]:80/', 'a loopback address'],
  ['https://[0000::0001]/', 'a loopback address'],
  ['http://0/', 'the unspecified address'],
  ['http://0.0.0.0/', 'the unspecified address'],
  ['http://[::]/', 'the unspecified address'],
  ['http://0.1.2.3/', '"this network"'],
  ['http://10.0.0.1/', 'a private address'],
  ['http://10.255.255.255/', 'a private address'],
  ['http://012.0.0.1/', 'a private address'],
  ['http://172.16.0.1/', 'a private address'],
  ['http://172.31.255.255/', 'a private address'],
  ['http://192.168.1.1/', 'a private address'],
  ['http://3232235777/', 'a private address'],
  ['http://192.168.257/', 'a private address'],
  ['http://169.254.169.254/latest/meta-data/', 'a link-local address (cloud metadata)'],
  ['http://0xa9fea9fe/', 'a link-local address (cloud metadata)'],
  ['http://2852039166/', 'a link-local address (cloud metadata)'],
  ['http://0251.0376.0251.0376/', 'a link-local address (cloud metadata)'],
  ['http://100.64.0.1/', 'a carrier-grade NAT address'],
  ['http://100.127.255.255/', 'a carrier-grade NAT address'],
  ['http://198.18.0.1/', 'a benchmarking address'],
  ['http://198.19.255.255/', 'a benchmarking address'],
  ['http://192.0.2.1/', 'a documentation address'],
  ['http://198.51.100.7/', 'a documentation address'],
  ['http://203.0.113.255/', 'a documentation address'],
  ['http://192.0.0.8/', 'IETF protocol assignments'],
  ['http://192.88.99.1/', '6to4 relay'],
  ['http://224.0.0.1/', 'a multicast address'],
  ['http://239.255.255.255/', 'a multicast address'],
  ['http://240.0.0.1/', 'a reserved address'],
  ['http://255.255.255.255/', 'the broadcast address'],
  ['http://4294967295/', 'the broadcast address'],
  ['http://[fc00::1]/', 'a unique-local address'],
  ['http://[fdff:ffff::1]/', 'a unique-local address'],
  ['http://[fd00:ec2::254]/', 'a unique-local address'],
  ['http://[fe80::1]/', 'a link-local address'],
  ['http://[febf::1]/', 'a link-local address'],
  ['http://[fec0::1]/', 'a site-local address'],
  ['http://[ff02::1]/', 'a multicast address'],
  ['http://[2001:db8::1]/', 'a documentation address'],
  ['http://[3fff::1]/', 'a documentation address'],
  ['http://[3fff:fff::1]/', 'a documentation address'],
  ['http://[2001:2::1]/', 'a benchmarking address'],
  ['http://[2001:20::1]/', 'IETF protocol assignments'],
  ['http://[100::1]/', 'a reserved address'],
  ['http://[5f00::1]/', 'a reserved address'],
  ['http://[4000::1]/', 'a reserved address'],
  ['http://[::ffff:127.0.0.1]/', 'inside IPv6 (mapped)'],
  ['http://[::ffff:7f00:1]/', 'inside IPv6 (mapped)'],
  ['http://[0:0:0:0:0:ffff:127.0.0.1]/', 'inside IPv6 (mapped)'],
  ['http://[::FFFF:169.254.169.254]/', 'inside IPv6 (mapped)'],
  ['http://[::ffff:8.8.8.8]/', 'inside IPv6 (mapped)'],
  ['http://[::ffff:0:127.0.0.1]/', 'inside IPv6 (translated)'],
  ['http://[::127.0.0.1]/', 'inside IPv6 (compatible)'],
  ['http://[::8.8.8.8]/', 'inside IPv6 (compatible)'],
  ['http://[64:ff9b::127.0.0.1]/', 'inside IPv6 (NAT64)'],
  ['http://[64:ff9b::808:808]/', 'inside IPv6 (NAT64)'],
  ['http://[64:ff9b:1::a00:1]/', 'inside IPv6 (NAT64)'],
  ['http://[2002:7f00:1::]/', 'inside IPv6 (6to4)'],
  ['http://[2002:808:808::1]/', 'inside IPv6 (6to4)'],
  ['http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/', 'inside IPv6 (Teredo)'],
  ['http://[2a00:1450::5efe:127.0.0.1]/', 'inside IPv6 (ISATAP)'],
  ['http://[2a00:1450::200:5efe:a00:1]/', 'inside IPv6 (ISATAP)'],
  ['http://[2a00:1450:1:2:0:5efe:808:808]/', 'inside IPv6 (ISATAP)'],
];

describe('EgressGuard.check', () => {
  const guard = guardOf([], ['8.8.8.8']);

  it.each(REFUSED)('refuses %s as %s', async (url, kind) => {
    const reason = reasonOf(await guard.check(url));
    expect(reason).toContain(kind);
    expect(reason).toContain('EGRESS_ALLOW');
    expect(reason).toMatch(/^\S.*\.$/);
  });

  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ws://example.com/',
    '//example.com',
    'x',
    '',
  ])('refuses %s, which is not http or https', async (url) =>
    expect((await guard.check(url)).allowed).toBe(false),
  );

  it.each(['http://user@example.com/', 'http://:secret@example.com/', 'http://user:secret@127.0.0.1/'])(
    'refuses the credentials of %s and keeps them to itself',
    async (url) => {
      const reason = reasonOf(await guard.check(url));
      expect(reason).toContain('user name or password');
      expect(reason).not.toContain('secret');
    },
  );

  it.each(['localhost', 'LOCALHOST.', 'ⓛocalhost', 'metadata.internal'])(
    'refuses %s by its address',
    async (host) => {
      const reason = reasonOf(await guardOf([], ['127.0.0.1']).check(`http://${host}/`));
      expect(reason).toContain('resolves to 127.0.0.1, a loopback address');
      expect(reason).toContain('127.0.0.1/32 in the setting EGRESS_ALLOW');
    },
  );

  it('refuses a name when any of its addresses is refused', async () => {
    expect((await guardOf([], ['8.8.8.8', '10.0.0.1']).check('http://mixed.test/')).allowed).toBe(false);
    expect((await guardOf([], ['8.8.8.8', 'fe80::1%eth0']).check('http://mixed.test/')).allowed).toBe(false);
  });

  it('allows a public name and says what it resolved to', async () => {
    const verdict = await guardOf([], ['8.8.8.8', '2606:4700::1111']).check('https://hooks.test/x');
    expect(verdict).toEqual({ allowed: true, addresses: ['8.8.8.8', '2606:4700::1111'] });
  });

  it('allows a name that does not resolve, or not within two seconds', async () => {
    expect(await guardOf([], []).check('http://soon.test/')).toEqual({ allowed: true, unresolved: true });
    const silent = new EgressGuard(EgressPolicy.parse([]), () => undefined);
    const started = Date.now();
    expect(await silent.check('http://slow.test/')).toEqual({ allowed: true, unresolved: true });
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it('allows what EGRESS_ALLOW names', async () => {
    const allowing = guardOf(['127.0.0.1/32', 'hooks.corp', '::1/128'], ['127.0.0.1', '10.0.0.1']);
    expect((await allowing.check('http://127.0.0.1:3000/')).allowed).toBe(true);
    expect((await allowing.check('http://0x7f.1/')).allowed).toBe(true);
    expect((await allowing.check('http://[::1]/')).allowed).toBe(true);
    expect((await allowing.check('http://HOOKS.corp./')).allowed).toBe(true);
    expect((await allowing.check('http://other.corp/')).allowed).toBe(false);
    expect((await allowing.check('http://127.0.0.2/')).allowed).toBe(false);
    expect((await allowing.check('http://[::ffff:127.0.0.1]/')).allowed).toBe(false);
  });
});

describe('EgressGuard.lookup', () => {
  it('hands back checked addresses in the form asked for', async () => {
    const guard = guardOf([], ['8.8.8.8', '1.1.1.1']);
    expect(await lookup(guard, 'a.test', true)).toMatchObject({
      error: null,
      address: [
        { address: '8.8.8.8', family: 4 },
        { address: '1.1.1.1', family: 4 },
      ],
    });
    expect(await lookup(guard, 'a.test', false)).toMatchObject({
      error: null,
      address: '8.8.8.8',
      family: 4,
    });
  });

  it.each([true, false])('refuses a second, private answer (rebinding), all: %s', async (all) => {
    const guard = guardOf([], ['8.8.8.8'], ['127.0.0.1']);
    expect((await guard.check('http://rebind.test/')).allowed).toBe(true);
    const { error } = await lookup(guard, 'rebind.test', all);
    expect(error).toMatchObject({ code: 'EGRESS_REFUSED', name: 'EgressRefusedError' });
    expect(error?.message).toContain('rebind.test resolves to 127.0.0.1, a loopback address');
  });

  it('refuses a name when any of its addresses is refused', async () => {
    const { error } = await lookup(guardOf([], ['8.8.8.8', '::ffff:8.8.8.8']), 'mixed.test', true);
    expect(error?.code).toBe('EGRESS_REFUSED');
  });

  it('passes the resolver’s errors on, and finds nothing in an empty answer', async () => {
    expect((await lookup(guardOf([], []), 'gone.test', true)).error?.code).toBe('ENOTFOUND');
    const empty = new EgressGuard(EgressPolicy.parse([]), (_host, _options, callback) => callback(null, []));
    expect((await lookup(empty, 'empty.test', false)).error?.code).toBe('ENOTFOUND');
  });

  it('lets an allowed name resolve to anything', async () => {
    const guard = guardOf(['hooks.corp'], ['10.0.0.1']);
    expect((await lookup(guard, 'Hooks.Corp', true)).error).toBeNull();
    expect((await lookup(guard, 'other.corp', true)).error?.code).toBe('EGRESS_REFUSED');
  });
});
