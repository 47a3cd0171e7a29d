import { describe, expect, it } from 'vitest';
import { EVENT_NAMES, toWireJson, type Change } from '../../events/index.js';
import type { FormattedEvent } from '../formats/formatted-event.js';
import { sampleEvent } from '../samples/sample-events.js';
import { summarize } from './summary.js';

const sample = (name: string): FormattedEvent => sampleEvent(name, 'Admin', 1795313729900);
const publish = (changes: readonly Change[]): string => summarize({ ...sample('TOGGLE.PUBLISH'), changes });
const PUBLISHED = 'Admin published toggle new_checkout in sample_shop / production';

const LINES: Readonly<Record<string, string>> = {
  'PROJECT.CREATE': 'Admin created project sample_shop',
  'PROJECT.UPDATE': 'Admin changed project sample_shop: name Shop → Sample shop',
  'PROJECT.DELETE': 'Admin deleted project sample_shop',
  'PROJECT.UPDATE_APPROVAL_SETTINGS':
    'Admin changed the approval settings of project sample_shop: [0].enable false → true',
  'ENVIRONMENT.CREATE': 'Admin created environment production in sample_shop',
  'ENVIRONMENT.UPDATE': 'Admin changed environment production in sample_shop: name Online → Production',
  'ENVIRONMENT.OFFLINE': 'Admin archived environment production in sample_shop',
  'ENVIRONMENT.RESTORE': 'Admin restored environment production in sample_shop',
  'SEGMENT.CREATE': 'Admin created segment beta_testers in sample_shop',
  'SEGMENT.UPDATE': 'Admin changed segment beta_testers in sample_shop: name Testers → Beta testers',
  'SEGMENT.PUBLISH':
    'Admin published segment beta_testers in sample_shop: rules[0].conditions[0].objects[0] Rome → Paris',
  'SEGMENT.DELETE': 'Admin deleted segment beta_testers in sample_shop',
  'TOGGLE.CREATE': 'Admin created toggle new_checkout in sample_shop',
  'TOGGLE.UPDATE': 'Admin changed toggle new_checkout in sample_shop: tags[0] none → sample',
  'TOGGLE.OFFLINE': 'Admin archived toggle new_checkout in sample_shop',
  'TOGGLE.RESTORE': 'Admin restored toggle new_checkout in sample_shop',
  'TOGGLE.PUBLISH': `${PUBLISHED}: disabled true → false, rules[0].serve 0 → 1`,
  'TOGGLE.CREATE_APPROVAL':
    'Admin asked for approval of a change to toggle new_checkout in sample_shop / production: disabled true → false',
  'TOGGLE.UPDATE_APPROVAL':
    'Admin approved a change to toggle new_checkout in sample_shop / production: comment none → Looks good',
  'TOGGLE.REVOKE_APPROVAL': 'Admin gave up a change to toggle new_checkout in sample_shop / production',
  'MEMBER.CREATE': 'Admin added member sample@example.com',
  'MEMBER.UPDATE': 'Admin changed member sample@example.com: role OWNER → WRITER',
  'MEMBER.DELETE': 'Admin removed member sample@example.com',
  'WEBHOOK.CREATE': 'Admin created webhook Sample',
  'WEBHOOK.UPDATE': 'Admin changed webhook Sample: status DISABLE → ENABLE',
  'WEBHOOK.DELETE': 'Admin deleted webhook Sample',
  'TOUCHPOINT.CREATE': 'Admin created touchpoint Coupons',
  'TOUCHPOINT.UPDATE': 'Admin changed touchpoint Coupons',
  'TOUCHPOINT.DELETE': 'Admin deleted touchpoint Coupons',
  'TOUCHPOINT.ENABLE': 'Admin enabled touchpoint Coupons',
  'TOUCHPOINT.DISABLE': 'Admin disabled touchpoint Coupons',
  'CAMPAIGN.CREATE': 'Admin created campaign Birthday coupon in sample_shop',
  'CAMPAIGN.UPDATE': 'Admin changed campaign Birthday coupon in sample_shop',
  'CAMPAIGN.DELETE': 'Admin deleted campaign Birthday coupon in sample_shop',
  'CAMPAIGN.PUBLISH': 'Admin published campaign Birthday coupon in sample_shop',
  'CAMPAIGN.PAUSE': 'Admin paused campaign Birthday coupon in sample_shop',
  'CAMPAIGN.RESUME': 'Admin resumed campaign Birthday coupon in sample_shop',
  'CAMPAIGN.CLOSE': 'Admin closed campaign Birthday coupon in sample_shop',
};

describe(summarize.name, () => {
  it.each(EVENT_NAMES)('says in a line what %s is', (name) => {
    expect(summarize(sample(name))).toBe(LINES[name]);
  });

  it.each([
    ['REJECT', 'rejected'],
    ['JUMP', 'published without approval'],
    ['REVOKE', 'withdrew'],
    ['SOMETHING_NEW', 'decided on'],
  ])('tells how it was decided: %s', (status, deed) => {
    const event = {
      ...sample('TOGGLE.UPDATE_APPROVAL'),
      dataJson: toWireJson({ status }),
      changes: undefined,
    };
    expect(summarize(event)).toBe(
      `Admin ${deed} a change to toggle new_checkout in sample_shop / production`,
    );
  });

  it('names several new members', () => {
    const dataJson = '[{"account":"ann"},{"account":"bob"}]';
    expect(summarize({ ...sample('MEMBER.CREATE'), dataJson })).toBe('Admin added member ann, bob');
  });

  it('tells three changes and counts the rest', () => {
    const changes = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path: `/${path}`, from: 1, to: 2 }));
    expect(publish(changes)).toBe(`${PUBLISHED}: a 1 → 2, b 1 → 2, c 1 → 2 and 2 more`);
  });

  it('tells first whether the toggle is on', () => {
    const changes = ['a', 'b', 'c', 'disabled'].map((path) => ({ path: `/${path}`, from: 1, to: 2 }));
    expect(publish(changes)).toBe(`${PUBLISHED}: disabled 1 → 2, a 1 → 2, b 1 → 2 and 1 more`);
  });

  it('looks into the content that approvals carry as text', () => {
    const content = (serve: number): string => JSON.stringify({ rules: [{ serve: { select: serve } }] });
    const change = { path: '/approvalData/content', from: content(0), to: content(1) };
    expect(publish([change])).toBe(`${PUBLISHED}: rules[0].serve 0 → 1`);
    expect(publish([{ ...change, to: 'no JSON' }])).toContain('content {"rules"');
  });

  it.each<[Change, string]>([
    [{ path: '/desc', from: '', to: 'new' }, 'desc "" → new'],
    [{ path: '/secretKey' }, 'secretKey changed'],
    [{ path: '/content/rules/1', to: { name: 'r' } }, 'rules[1] none → {"name":"r"}'],
    [{ path: '/content', from: 1, to: 2 }, 'content 1 → 2'],
    [{ path: '/a~1b/m~0n', from: 1, to: 2 }, 'a/b.m~n 1 → 2'],
    [{ path: '/desc', from: 'one\r\ntwo\u202e', to: 'x'.repeat(50) }, `desc one two  → ${'x'.repeat(39)}…`],
    [{ path: '/desc', from: 1, to: '🚩'.repeat(30) }, `desc 1 → ${'🚩'.repeat(19)}…`],
  ])('shows %j', (change, text) => {
    expect(publish([change])).toBe(`${PUBLISHED}: ${text}`);
  });

  it('shows no whole SDK key', () => {
    const key = 'server-98848ff59b3278193c0b0bd07a6f3c60b9f69252';
    const changes = [
      { path: '/serverSdkKey', from: key, to: key.replace('52', '53') },
      { path: '/environments/1', to: { serverSdkKey: key } },
    ];
    expect(summarize({ ...sample('ENVIRONMENT.UPDATE'), changes })).toContain(
      'serverSdkKey ****9252 → ****9253, environments[1] none → {"serverSdkKey":"****9252"}',
    );
  });

  it('is one line that fits everywhere, whatever is in it', () => {
    const long = '日"\n'.repeat(1000);
    const changes = Array.from({ length: 9 }, () => ({ path: `/${long}`, from: long, to: [long] }));
    const keys = { projectKey: 'p'.repeat(128), toggleKey: 't'.repeat(128), environmentKey: 'e'.repeat(128) };
    const line = summarize({ ...sample('TOGGLE.PUBLISH'), operator: long, keys, changes });
    expect(line).not.toMatch(/[\n\r]/);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2048 - Buffer.byteLength('Flagpost: '));
  });
});
