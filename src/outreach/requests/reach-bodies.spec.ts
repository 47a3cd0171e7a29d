import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { channel, customTouchpoint, ORDER_ID, ORDER_NO } from '../../../test/support/sample-touchpoints.js';
import type { AttributeValue, Profile } from '../profiles/profile.js';
import type { TemplateParam, UserAttribute } from '../touchpoints/touchpoint-config.js';
import { compileBodies, receiptBody } from './reach-bodies.js';

const SAMPLE_PARAMS: TemplateParam[] = [
  { name: 'startDate', type: 'DATE' },
  { name: 'endDate', type: 'DATE' },
  { name: 'title', type: 'TEXT' },
  { name: 'amount', type: 'NUMBER' },
];

const MESSAGE: TemplateParam[] = [{ name: 'message', type: 'TEXT' }];

const user = (gid: number, attributes: Profile['attributes'] = {}, userId?: string): Profile => ({
  gid,
  userId,
  attributes,
});

describe('the bodies of a touchpoint', () => {
  it('are those of the contract, byte for byte', () => {
    const touchpoint = customTouchpoint({
      userAttributes: [
        { attribute: 'memberId', name: 'memberId' },
        { attribute: 'mobile', name: 'phone' },
      ],
      templateParams: SAMPLE_PARAMS,
    });
    const make = compileBodies(touchpoint, {
      startDate: '2022-10-01',
      endDate: '2022-10-07',
      title: 'Birthday coupon, member {{memberId}}',
      amount: '100',
    });
    expect(make([user(123, { memberId: '01', mobile: '13012345678' })], ORDER_ID)).toBe(
      `{"orderNo":"${ORDER_NO}","dataList":[{"gid":123,"temData":{"startDate":"2022-10-01","endDate":"2022-10-07","title":"Birthday coupon, member 01","amount":100},"dynamicData":{"memberId":"01","phone":"13012345678"}}]}`,
    );
  });

  it('have empty objects where there is nothing, and every user in order', () => {
    const make = compileBodies(customTouchpoint({ templateParams: SAMPLE_PARAMS }), {});
    expect(JSON.parse(make([user(3), user(1), user(2)], ORDER_ID)).dataList).toEqual(
      [3, 1, 2].map((gid) => ({ gid, temData: {}, dynamicData: {} })),
    );
  });

  it('send codes, lists of codes and numbers as what they are', () => {
    const templateParams: TemplateParam[] = [
      { name: 'tier', type: 'ENUM', options: { values: [{ code: 'g', name: 'Gold' }] } },
      { name: 'tiers', type: 'ENUM', options: { multiple: true, url: 'http://x' } },
      { name: 'factor', type: 'NUMBER', defaultValue: 0.5 },
    ];
    const make = compileBodies(customTouchpoint({ templateParams }), { tier: 'g', tiers: ['g', 's'] });
    expect(JSON.parse(make([user(1)], ORDER_ID)).dataList[0].temData).toEqual({
      tier: 'g',
      tiers: ['g', 's'],
      factor: 0.5,
    });
  });
});

describe('user attributes', () => {
  const dynamicData = (userAttributes: UserAttribute[], profile: Profile): unknown =>
    JSON.parse(compileBodies(customTouchpoint({ userAttributes }), {})([profile], ORDER_ID)).dataList[0]
      .dynamicData;

  it('keep their types', () => {
    const attributes = { text: '01', number: 1.5, no: false, zero: 0 };
    const names = Object.keys(attributes).map((name) => ({ attribute: name, name }));
    expect(dynamicData(names, user(1, attributes))).toEqual(attributes);
  });

  it('have the default where there is no value or an empty one, and are left out without a default', () => {
    const configured: UserAttribute[] = [
      { attribute: 'city', name: 'city', defaultValue: 'Paris' },
      { attribute: 'city', name: 'none' },
      { attribute: 'empty', name: 'empty', defaultValue: 0 },
      { attribute: 'empty', name: 'noneEither', defaultValue: '' },
    ];
    expect(dynamicData(configured, user(1, { empty: '' }))).toEqual({ city: 'Paris', empty: 0 });
    expect(dynamicData(configured, user(1, { city: 'Rome', empty: 'x' }))).toEqual({
      city: 'Rome',
      none: 'Rome',
      empty: 'x',
      noneEither: 'x',
    });
  });

  it('can be the gid and the user id, whatever attributes are called so', () => {
    const configured: UserAttribute[] = [
      { attribute: 'gid', name: 'id' },
      { attribute: 'userId', name: 'login', defaultValue: 'visitor' },
    ];
    expect(dynamicData(configured, user(5, { gid: 'x', userId: 'y' }, 'u-5'))).toEqual({
      id: 5,
      login: 'u-5',
    });
    expect(dynamicData(configured, user(6, { userId: 'y' }))).toEqual({ id: 6, login: 'visitor' });
  });

  it('are found by names that every object answers for only where there is such an attribute', () => {
    const names = ['constructor', '__proto__', 'toString'].map((name) => ({ attribute: name, name }));
    expect(dynamicData(names, user(1))).toEqual({});
    const attributes = JSON.parse(
      '{"constructor":"a","__proto__":"b","toString":"c"}',
    ) as Profile['attributes'];
    expect(dynamicData(names, user(1, attributes))).toEqual(attributes);
  });

  it('are sent once under a name, the later one', () => {
    const configured = [
      { attribute: 'a', name: 'x' },
      { attribute: 'b', name: 'x' },
    ];
    const make = compileBodies(customTouchpoint({ userAttributes: configured }), {});
    expect(make([user(1, { a: 1, b: 2 })], ORDER_ID)).toContain('"dynamicData":{"x":2}');
  });
});

describe('the bodies of a channel', () => {
  const body = (make: ReturnType<typeof compileBodies>, users: Profile[]): unknown =>
    JSON.parse(make(users, ORDER_ID));

  it('of story 1: an integer parameter and no attribute', () => {
    const make = compileBodies(channel({ templateParams: [{ name: 'amount', type: 'INTEGER' }] }), {
      amount: 100,
    });
    expect(make([user(1), user(2)], ORDER_ID)).toBe(
      '{"name":"Dove coupon centre","templateParam":{"amount":100},"userAttr":[]}',
    );
  });

  it('of story 2: with the login id of each user', () => {
    const touchpoint = channel({
      templateParams: [{ name: 'amount', type: 'INTEGER' }],
      userAttributes: [{ attribute: 'userId', name: 'userid' }],
    });
    const make = compileBodies(touchpoint, { amount: 100 });
    expect(make([user(1, {}, 'u-17'), user(2, {}, 'u-18')], ORDER_ID)).toBe(
      '{"name":"Dove coupon centre","templateParam":{"amount":100},"userAttr":[{"userid":"u-17"},{"userid":"u-18"}]}',
    );
    expect(body(make, [user(1), user(2, {}, 'u-18')])).toHaveProperty('userAttr', [{}, { userid: 'u-18' }]);
    expect(body(make, [user(1), user(2)])).toHaveProperty('userAttr', []);
  });

  it('of story 3: a text that is filled in for each user, beside the text as it was written', () => {
    const message = '亲爱的{{ name | 朋友 }}，祝您生日快乐！';
    const make = compileBodies(channel({ templateParams: MESSAGE }), { message });
    expect(body(make, [user(1, { name: '王"五' }), user(2)])).toEqual({
      name: 'Dove coupon centre',
      templateParam: { message },
      userAttr: [{ message: '亲爱的王"五，祝您生日快乐！' }, { message: '亲爱的朋友，祝您生日快乐！' }],
    });
  });

  it('keep a text without placeholders out of the users, and its braces plain', () => {
    const make = compileBodies(channel({ templateParams: MESSAGE }), { message: 'write \\{{name}}' });
    expect(body(make, [user(1)])).toMatchObject({
      templateParam: { message: 'write {{name}}' },
      userAttr: [],
    });
  });

  it('put a filled text in the place of an attribute of the same name', () => {
    const touchpoint = channel({
      templateParams: MESSAGE,
      userAttributes: [{ attribute: 'a', name: 'message' }],
    });
    const make = compileBodies(touchpoint, { message: 'hi {{a}}' });
    expect(make([user(1, { a: 'x' })], ORDER_ID)).toContain('"userAttr":[{"message":"hi x"}]');
  });
});

describe('a filled text', () => {
  it('takes numbers and booleans as text, and nothing for what is missing or empty', () => {
    const message = '{{gid}},{{userId}},{{n}},{{b}},{{none}},{{empty|-}},{{constructor}}.';
    const make = compileBodies(customTouchpoint({ templateParams: MESSAGE }), { message });
    const profile = user(5, { n: 1.5, b: false, empty: '' }, 'u-5');
    expect(JSON.parse(make([profile], ORDER_ID)).dataList[0].temData.message).toBe('5,u-5,1.5,false,,-,.');
  });

  it('fills in once: braces in a value or a default are plain', () => {
    const make = compileBodies(customTouchpoint({ templateParams: MESSAGE }), { message: '{{a}}' });
    expect(make([user(1, { a: '{{gid}}' })], ORDER_ID)).toContain('"message":"{{gid}}"');
  });
});

describe('any body', () => {
  const text = fc.string({ unit: 'binary' });
  const value = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  const names = fc.uniqueArray(
    text.filter((name) => name !== 'gid' && name !== 'userId'),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const users = (keys: string[]): fc.Arbitrary<Profile[]> => {
    const attributes = fc
      .tuple(...keys.map(() => fc.option(value, { nil: undefined })))
      .map((values) => Object.fromEntries(pairs(keys, values)) as Profile['attributes']);
    const profile = fc.record({ gid: fc.integer({ min: 1 }), attributes });
    return fc.array(profile, { minLength: 1, maxLength: 5 });
  };
  const scene = names.chain((keys) =>
    fc.record({ keys: fc.constant(keys), users: users(keys), before: text }),
  );
  const pairs = (keys: string[], values: (AttributeValue | undefined)[]): [string, AttributeValue][] =>
    keys.flatMap((key, index): [string, AttributeValue][] => {
      const found = values[index];
      return found === undefined ? [] : [[key, found]];
    });
  const expected = (keys: string[], { attributes }: Profile): Record<string, unknown> =>
    Object.fromEntries(
      keys.flatMap((key) =>
        Object.hasOwn(attributes, key) && attributes[key] !== '' ? [[key, norm(attributes[key]!)]] : [],
      ),
    );
  const norm = (one: AttributeValue): AttributeValue => (Object.is(one, -0) ? 0 : one);

  it('of a touchpoint parses back to what went in', () => {
    fc.assert(
      fc.property(scene, ({ keys, users: list, before }) => {
        fc.pre(!before.includes('{{') && !/[{\\]$/.test(before));
        const [key = ''] = keys;
        const isName = key.trim() === key && key !== '' && !/[{}|]/.test(key);
        const message = isName ? `${before}{{${key}|none}}` : before;
        const touchpoint = customTouchpoint({
          templateParams: MESSAGE,
          userAttributes: keys.map((name) => ({ attribute: name, name })),
        });
        const { dataList, orderNo } = JSON.parse(compileBodies(touchpoint, { message })(list, ORDER_ID));
        expect(orderNo).toBe(ORDER_NO);
        expect(dataList).toEqual(
          list.map((profile) => {
            const data = expected(keys, profile);
            const filled = isName
              ? `${before}${String(Object.hasOwn(data, key) ? data[key] : 'none')}`
              : before;
            return {
              gid: profile.gid,
              temData: filled === '' ? {} : { message: filled },
              dynamicData: data,
            };
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('of a channel parses back to what went in', () => {
    fc.assert(
      fc.property(scene, text, ({ keys, users: list }, name) => {
        const touchpoint = channel(
          { userAttributes: keys.map((key) => ({ attribute: key, name: key })) },
          { name },
        );
        const all = list.map((profile) => expected(keys, profile));
        const isFound = all.some((data) => Object.keys(data).length > 0);
        expect(JSON.parse(compileBodies(touchpoint, {})(list, ORDER_ID))).toEqual({
          name,
          templateParam: {},
          userAttr: isFound ? all : [],
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe(receiptBody.name, () => {
  it('names the order', () => {
    expect(receiptBody(ORDER_ID.toUpperCase())).toBe(`{"orderNo":"${ORDER_NO}"}`);
  });
});
