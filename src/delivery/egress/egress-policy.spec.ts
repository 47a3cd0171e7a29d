import { describe, expect, it } from 'vitest';
import { EgressPolicy } from './egress-policy.js';

describe('EgressPolicy.parse', () => {
  it.each([
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/1e1',
    '10.0.0/8',
    'fe80::1%eth0',
    'hooks.corp/8',
    'http://hooks.corp',
    'hooks.corp:8080',
    '*.corp',
    'hooks corp',
    'hooks..corp',
    '-hooks.corp',
    '127.1',
    '0x7f.1',
    '256.0.0.1',
    '[::1',
    '.',
  ])('names the malformed entry %s', (entry) => {
    expect(() => EgressPolicy.parse(['10.0.0.0/8', entry])).toThrow(/^has the malformed entry /);
    expect(() => EgressPolicy.parse([entry])).toThrow(`"${entry}"`);
  });

  it('takes hosts, blocks and bare addresses, and passes over blanks', () => {
    const policy = EgressPolicy.parse([
      '',
      ' hooks.corp ',
      '127.0.0.1/32',
      '::1/128',
      '10.1.2.3',
      '[fd00::1]',
      'my_host',
    ]);
    expect(policy.allowsHost('hooks.corp')).toBe(true);
    expect(policy.allowsHost('my_host')).toBe(true);
    for (const address of ['127.0.0.1', '::1', '10.1.2.3', 'fd00::1']) {
      expect(policy.refusedKind(address), address).toBeUndefined();
    }
    for (const address of ['127.0.0.2', '::2', '10.1.2.4', 'fd00::2']) {
      expect(policy.refusedKind(address), address).toBeDefined();
    }
  });
});

describe('EgressPolicy', () => {
  it('allows a name in any case, with or without its dot, and no other name', () => {
    const policy = EgressPolicy.parse(['Hooks.Corp.', 'bücher.example']);
    for (const host of ['hooks.corp', 'HOOKS.corp', 'hooks.corp.', 'xn--bcher-kva.example']) {
      expect(policy.allowsHost(host), host).toBe(true);
    }
    for (const host of ['a.hooks.corp', 'corp', 'hooks.corp..', 'hooks.corp.evil.example']) {
      expect(policy.allowsHost(host), host).toBe(false);
    }
  });

  it('lets an IPv4 block allow no IPv6 spelling of its addresses', () => {
    const policy = EgressPolicy.parse(['0.0.0.0/0']);
    expect(policy.refusedKind('127.0.0.1')).toBeUndefined();
    for (const address of [
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
    ]) {
      expect(policy.refusedKind(address), address).toMatch(/^an IPv4 address inside IPv6/);
    }
  });

  it('lets an IPv6 block name the IPv6 spellings, and no IPv4 address', () => {
    const policy = EgressPolicy.parse(['::ffff:127.0.0.0/104', '64:ff9b::/96']);
    expect(policy.refusedKind('::ffff:7f00:1')).toBeUndefined();
    expect(policy.refusedKind('64:ff9b::a00:1')).toBeUndefined();
    expect(policy.refusedKind('::ffff:10.0.0.1')).toBe('an IPv4 address inside IPv6 (mapped)');
    expect(policy.refusedKind('127.0.0.1')).toBe('a loopback address');
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '192.0.1.1',
    '223.255.255.255',
  ])('takes %s for public', (address) => expect(EgressPolicy.parse([]).refusedKind(address)).toBeUndefined());

  it.each([
    '2606:4700:4700::1111',
    '2001:4860:4860::8888',
    '2a00:1450:4001:81b::200e',
    '2003::1',
    '2001:200::1',
    '3ffe::1',
  ])('takes %s for public', (address) => expect(EgressPolicy.parse([]).refusedKind(address)).toBeUndefined());
});
