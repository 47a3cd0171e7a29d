import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { CONTENT, VARIATIONS } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, fieldsOf, names, Shop } from '../support/shop.js';

const MIB = 1_048_576;

const STRING = { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] };
const STRING_PREDICATES = [
  'is one of',
  'is not any of',
  'starts with',
  'does not start with',
  'ends with',
  'does not end with',
  'contains',
  'does not contain',
  'matches regex',
  'does not match regex',
];
const ORDERED = ['=', '!=', '>', '>=', '<', '<='];
const OBJECTS: Json = {
  string: ['any text'],
  number: ['18', '-0.5', '1e3'],
  semver: ['1.2.3', '1.0.0-beta.1+build.5'],
  datetime: ['2026-11-22T10:00:00+08:00'],
};
const PREDICATES: Json = {
  string: STRING_PREDICATES,
  number: ORDERED,
  semver: ORDERED,
  datetime: ['after', 'before'],
};

/** Every pair of the table, with objects of its format. */
const CONDITIONS: Json[] = Object.entries<string[]>(PREDICATES).flatMap(([type, predicates]) =>
  predicates.map((predicate) => ({ type, subject: 'a', predicate, objects: OBJECTS[type] })),
);

describe.each(DATABASES)('contract of targeting content on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let shop: Shop;
  let toggle: string;
  let segment: string;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    shop = await Shop.open(owner);
    segment = await shop.segment();
    await shop.environment('guarded');
    await shop.demandApproval('guarded', ['Admin']);
  });
  afterAll(() => flagpost.stop());
  beforeEach(async () => {
    toggle = await shop.toggle();
  });

  /** Publishes, enabled, this content; members that are left out are the scene's. */
  const attempt = (content: object, key = toggle): Promise<Answer> =>
    owner.patch(shop.targeting(key), { disabled: false, content: { ...CONTENT, ...content } });
  const submit = (content: object): Promise<Answer> =>
    owner.post(`${shop.targeting(toggle, 'guarded')}/approval`, {
      disabled: false,
      content: { ...CONTENT, ...content },
    });
  const withConditions = (...conditions: Json[]): object => ({
    rules: [{ name: 'r1', conditions, serve: { select: 1 } }],
  });

  /** Expects publishing and submitting alike to refuse the content, naming the field. */
  async function expectRefused(content: object, field: string, code = 'invalid_request'): Promise<void> {
    expectRefusal(await attempt(content), code, field);
    expectRefusal(await submit(content), code, field);
  }
  async function expectAccepted(content: object): Promise<void> {
    const answer = await attempt(content);
    expect(answer.body.message).toBeUndefined();
    expect(answer).toMatchObject({ status: 200, body: { content: { ...CONTENT, ...content } } });
  }

  describe('4.1 Shape', () => {
    it('the contract’s own example is accepted, and returned as it is', async () => {
      const other = await shop.toggle();
      await expectAccepted({
        rules: [
          {
            name: 'r1',
            conditions: [
              {
                type: 'number',
                subject: 'age',
                predicate: 'between',
                leftPredicate: '>=',
                objects: ['18'],
                rightPredicate: '<',
                rightObjects: ['65'],
              },
            ],
            serve: { select: 1 },
          },
        ],
        disabledServe: { select: 0 },
        defaultServe: { split: [2500, 7500] },
        variations: [
          { value: 'true', name: 'A', description: '' },
          { value: 'false', name: 'B', description: '' },
        ],
        prerequisites: [{ key: other, value: 'true', type: 'boolean' }],
      });
    });

    it('a segment rule is the same without serve', async () => {
      const rules = [{ name: 's', conditions: [STRING] }];
      const path = `${shop.path}/segments/${await shop.segment()}/publish`;
      expect((await owner.ok('PATCH', path, { rules })).rules).toEqual(rules);
    });

    it('segment rules may not use segment conditions', async () => {
      const condition = { type: 'segment', predicate: 'is in', objects: [segment] };
      const rules = [{ name: 's', conditions: [condition] }];
      const path = `${shop.path}/segments/${await shop.segment()}/publish`;
      expectRefusal(await owner.patch(path, { rules }), 'invalid_request', 'rules[0].conditions[0].type');
    });
  });

  describe('4.2 Conditions', () => {
    it.each(CONDITIONS.map((condition) => [condition.type, condition.predicate, condition]))(
      '%s knows %s',
      async (_type, _predicate, condition) => {
        await expectAccepted(withConditions(condition));
      },
    );

    it.each(['is in', 'is not in'])(
      'segment knows %s, with keys and without a subject',
      async (predicate) => {
        await expectAccepted(withConditions({ type: 'segment', predicate, objects: [segment] }));
      },
    );

    it.each(['number', 'semver'])('%s knows between, of two sides', async (type) => {
      const [object] = OBJECTS[type];
      const between = {
        type,
        subject: 'a',
        predicate: 'between',
        leftPredicate: '>',
        objects: [object],
        rightPredicate: '<=',
        rightObjects: [object],
      };
      await expectAccepted(withConditions(between));
      for (const side of ['leftPredicate', 'rightPredicate', 'rightObjects', 'objects']) {
        const { [side]: _left, ...without } = between as Json;
        await expectRefused(withConditions(without), `content.rules[0].conditions[0].${side}`);
      }
    });

    it.each(['string', 'number', 'semver', 'datetime', 'segment'])(
      '%s knows no other predicate',
      async (type) => {
        const objects = type === 'segment' ? [segment] : OBJECTS[type];
        for (const predicate of ['equals', type === 'string' ? '=' : 'contains', '', null, undefined])
          await expectRefused(
            withConditions({ type, subject: 'a', predicate, objects }),
            'content.rules[0].conditions[0].predicate',
          );
      },
    );

    it.each<[string, Json]>([
      ['type', { type: 'date' }],
      ['type', { type: null }],
      ['subject', { subject: undefined }],
      ['subject', { subject: ' ' }],
      ['objects', { objects: [] }],
      ['objects', { objects: null }],
      ['objects', { objects: 'Paris' }],
      ['objects[0]', { objects: [5] }],
      ['objects[1]', { objects: ['x', ''] }],
    ])('a condition whose %s is wrong is refused: %j', async (field, wrong) => {
      await expectRefused(withConditions({ ...STRING, ...wrong }), `content.rules[0].conditions[0].${field}`);
    });
  });

  describe('4.3 Serve', () => {
    it('is a position or weights, one for each variation, of 10000 in all', async () => {
      for (const serve of [{ select: 0 }, { split: [10_000, 0] }, { split: [3333, 6667] }])
        await expectAccepted({ defaultServe: serve, disabledServe: serve });
    });

    it.each<[Json, string]>([
      [{ select: 2 }, '.select'],
      [{ select: -1 }, '.select'],
      [{ select: '0' }, '.select'],
      [{ split: [10_000] }, '.split'],
      [{ split: [5000, 4999] }, '.split'],
      [{ split: [10_001, -1] }, '.split[0]'],
      [{ split: [0.5, 9999.5] }, '.split[0]'],
      [{ select: 0, split: [5000, 5000] }, ''],
      [[], ''],
      ['0', ''],
    ])('%j is none', async (serve, field) => {
      for (const member of ['defaultServe', 'disabledServe'])
        await expectRefused({ [member]: serve }, `content.${member}${field} `);
      await expectRefused(
        { rules: [{ name: 'r', conditions: [STRING], serve }] },
        `content.rules[0].serve${field} `,
      );
    });

    it('an empty one is unset: only a disabled toggle’s default may be', async () => {
      await expectRefused({ defaultServe: {} }, 'content.defaultServe ');
      await expectRefused({ disabledServe: {} }, 'content.disabledServe ');
      await expectRefused({ rules: [{ name: 'r', conditions: [STRING] }] }, 'content.rules[0].serve ');
      const content = { ...CONTENT, defaultServe: {} };
      await owner.ok('PATCH', shop.targeting(toggle), { disabled: true, content });
    });
  });

  describe('4.4 Variations', () => {
    it.each<[string, string[], string[]]>([
      ['boolean', ['true', 'false'], ['yes', 'TRUE', '']],
      ['number', ['1', '-2.5', '1e3'], ['one', '']],
      ['string', ['anything', ''], []],
      ['json', ['{}', '{"a":[1]}'], ['[]', '1', '"x"', 'null', '{']],
    ])('values of %s are text that converts', async (returnType, good, bad) => {
      const serves = { defaultServe: { select: 0 }, disabledServe: { select: 0 } };
      const key = await shop.toggle({ returnType, variations: good.map((value) => ({ value })) });
      const variations = good.map((value) => ({ value, name: value, description: '' }));
      expect((await attempt({ ...serves, variations }, key)).body.content.variations).toEqual(variations);
      for (const value of bad)
        expectRefusal(
          await attempt({ ...serves, variations: [...variations, { value }] }, key),
          'invalid_request',
          `content.variations[${variations.length}].value `,
        );
    });

    it('there are at most 20, at least one, and a value is text', async () => {
      const many = (count: number): Json[] => Array.from({ length: count }, () => VARIATIONS[0]);
      await expectAccepted({ variations: many(20) });
      await expectRefused({ variations: many(21) }, 'content.variations ');
      await expectRefused({ variations: [] }, 'content.variations ');
      await expectRefused({ variations: [{ value: true }, VARIATIONS[0]] }, 'content.variations[0].value ');
      await expectRefused(
        { variations: [{ name: 'no value' }, VARIATIONS[0]] },
        'content.variations[0].value ',
      );
    });
  });

  describe('4.5 Server-side validation (publish and approval)', () => {
    it('content has at most 1 048 576 bytes, and all of them are taken', async () => {
      const fit = (extra: number): Json => {
        const base = Buffer.byteLength(JSON.stringify({ ...CONTENT, note: '' }));
        return { note: 'x'.repeat(MIB - base + extra) };
      };
      await expectAccepted(fit(0));
      await expectRefused(fit(1), 'Rule content length exceeded (<1M).');
      // Bytes count, not characters.
      await expectRefused({ note: 'é'.repeat(MIB / 2) }, 'Rule content length exceeded (<1M).');
    });

    it('segment conditions refer to segments of the project', async () => {
      const condition = { type: 'segment', predicate: 'is in', objects: [segment, 'none'] };
      await expectRefused(withConditions(condition), 'Segment none not found', 'not_found');
      const other = await Shop.open(owner, `other-${toggle}`);
      const foreign = `${await other.segment()}-x`;
      await expectRefused(
        withConditions({ ...condition, objects: [foreign] }),
        `Segment ${foreign} not found`,
        'not_found',
      );
    });

    it.each<[string, string, string, string[]]>([
      ['number', '=', 'Invalid number', ['x', '1,5', '', '0x10', 'NaN']],
      ['semver', '=', 'Invalid version', ['1.2', 'v1.2.3', '01.2.3', '1.2.3-']],
      [
        'datetime',
        'after',
        'Invalid datetime',
        ['2026-11-22', '2026-02-30T00:00:00+08:00', '1795312800', '2026-11-22T10:00:00'],
      ],
    ])('objects of %s: %s is refused with "%s"', async (type, predicate, message, bad) => {
      for (const object of bad) {
        const condition = { type, subject: 'a', predicate, objects: [...OBJECTS[type], object] };
        const place = `content.rules[0].conditions[0].objects[${OBJECTS[type].length}]`;
        const words = object === '' ? [] : [message];
        expectRefusal(await attempt(withConditions(condition)), 'invalid_request', place, ...words);
      }
    });

    it.each(['-05:00', '+05:30', '+08:00', '+00:00', '-03:30', 'Z', '+14:00'])(
      'BUG not repeated: the offset %s is accepted',
      async (offset) => {
        const objects = [`2026-11-22T10:00:00${offset}`];
        await expectAccepted(withConditions({ type: 'datetime', subject: 'a', predicate: 'after', objects }));
      },
    );

    it('rightObjects are checked, too', async () => {
      const condition = {
        type: 'number',
        subject: 'a',
        predicate: 'between',
        leftPredicate: '>',
        objects: ['1'],
        rightPredicate: '<',
        rightObjects: ['x'],
      };
      await expectRefused(withConditions(condition), 'content.rules[0].conditions[0].rightObjects[0]');
    });

    it('a regular expression has to compile', async () => {
      const condition = { ...STRING, predicate: 'matches regex', objects: ['('] };
      await expectRefused(withConditions(condition), 'content.rules[0].conditions[0].objects[0]');
    });

    it('a rule needs a condition', async () => {
      await expectRefused(withConditions(), 'content.rules[0].conditions ');
      await expectRefused({ rules: [{ name: 'r', serve: { select: 0 } }] }, 'content.rules[0].conditions ');
      await expectRefused({ rules: 'x' }, 'content.rules ');
      await expectRefused({ rules: [null] }, 'content.rules[0] ');
    });

    it('null rules are none', async () => {
      await owner.ok('PATCH', shop.targeting(toggle), {
        disabled: false,
        content: { ...CONTENT, rules: null },
      });
      expect((await submit({ rules: null })).status).toBe(200);
    });

    it('the messages are there in Chinese, too', async () => {
      const chinese = owner.as({ ...owner.headers, 'Accept-Language': 'zh-CN' });
      const content = { ...CONTENT, defaultServe: { select: 9 } };
      const { body } = await chinese.patch(shop.targeting(toggle), { content });
      expect(body.message).toMatch(/^content\.defaultServe\.select .*[\u4e00-\u9fff]/);
    });
  });

  describe('4.6 Default content on toggle/env creation', () => {
    it('is empty of rules, serves the toggle’s disabled serve, disabled, at version 1', async () => {
      const key = await shop.toggle({ disabledServe: 1 });
      await shop.environment(`later-${key}`);
      for (const environment of ['online', `later-${key}`]) {
        const targeting = await owner.ok('GET', shop.targeting(key, environment));
        expect(targeting).toMatchObject({ disabled: true, version: 1, status: 'RELEASE' });
        expect(targeting.content).toEqual({
          rules: [],
          disabledServe: { select: 1 },
          defaultServe: {},
          variations: VARIATIONS,
          prerequisites: [],
        });
        expect(fieldsOf(targeting.content)).toEqual(
          names('rules disabledServe defaultServe variations prerequisites'),
        );
      }
    });
  });
});
