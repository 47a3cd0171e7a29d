import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { CONTENT } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { fieldsOf, names, Shop } from '../support/shop.js';

const TOKEN = 'the-internal-token';
const CITY = { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] };

describe.each(DATABASES)('contract of the SDK repository on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let shop: Shop;
  let environment: Json;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN: TOKEN, ROLES: 'api' });
    owner = flagpost.owner;
    shop = await Shop.open(owner, 'My_First_Project');
    [environment] = shop.created.environments;
  });
  afterAll(() => flagpost.stop());

  const repository = (): Promise<Json> =>
    owner
      .as({ Authorization: environment.serverSdkKey })
      .ok('GET', `/internal/server/toggles?token=${TOKEN}`);
  const publish = async (content: object, more: object = {}): Promise<string> => {
    const key = await shop.toggle(more);
    await shop.publish(key, { disabled: false, content: { ...CONTENT, ...content } });
    return key;
  };

  describe('5.3 SDK repository JSON', () => {
    it('the document has exactly the fields of the contract', async () => {
      const document = await repository();
      expect(fieldsOf(document)).toEqual(['events', 'segments', 'toggles', 'version']);
      await owner.ok('PATCH', `${shop.path}/environments/online/events/tracker-status`, { enabled: true });
      const debugging = await repository();
      expect(debugging.debugUntilTime).toBeGreaterThan(Date.now());
      await owner.ok('PATCH', `${shop.path}/environments/online/events/tracker-status`, { enabled: false });
    });

    it('the contract’s example, from the admin content it comes from', async () => {
      const segment = await shop.segment();
      await owner.ok('PATCH', `${shop.path}/segments/${segment}/publish`, {
        rules: [{ name: 's', conditions: [CITY] }],
      });
      const other = await shop.toggle();
      const key = await publish({
        defaultServe: { split: [2500, 7500] },
        rules: [
          {
            name: 'dropped',
            serve: { select: 1 },
            conditions: [
              { type: 'segment', predicate: 'is in', objects: [segment] },
              {
                type: 'datetime',
                subject: 'now',
                predicate: 'after',
                objects: ['2022-06-27T16:08:10+08:00'],
              },
            ],
          },
        ],
        prerequisites: [{ key: other, value: 'true', type: 'boolean' }],
      });
      const { publishTime } = await owner.ok('GET', shop.targeting(key));
      const { toggles: all, segments } = await repository();
      const id = `My_First_Project$${segment}`;
      expect(segments[id]).toEqual({ uniqueId: id, version: 2, rules: [{ conditions: [CITY] }] });
      expect(all[key]).toEqual({
        key,
        enabled: true,
        trackAccessEvents: false,
        lastModified: Date.parse(publishTime),
        version: 2,
        forClient: true,
        disabledServe: { select: 0 },
        defaultServe: { split: { distribution: [[[0, 2500]], [[2500, 10_000]]] } },
        rules: [
          {
            serve: { select: 1 },
            conditions: [
              { type: 'segment', predicate: 'is in', objects: [id] },
              { type: 'datetime', subject: 'now', predicate: 'after', objects: ['1656317290'] },
            ],
          },
        ],
        variations: [false, true],
        prerequisites: [{ key: other, value: true }],
      });
    });

    it('between becomes two ANDed conditions', async () => {
      const age = { type: 'number', subject: 'age' };
      const between = {
        ...age,
        predicate: 'between',
        leftPredicate: '>=',
        objects: ['18'],
        rightPredicate: '<',
        rightObjects: ['65'],
      };
      const key = await publish({ rules: [{ name: 'r', conditions: [between], serve: { select: 1 } }] });
      expect((await repository()).toggles[key].rules[0].conditions).toEqual([
        { ...age, predicate: '>=', objects: ['18'] },
        { ...age, predicate: '<', objects: ['65'] },
      ]);
    });

    it.each<[string, string[], unknown[]]>([
      ['boolean', ['true', 'false'], [true, false]],
      ['number', ['1', '-2.5'], [1, -2.5]],
      ['string', ['1', ''], ['1', '']],
      ['json', ['{"a":[1]}', '{}'], [{ a: [1] }, {}]],
    ])('values of %s are typed, those of prerequisites, too', async (returnType, texts, values) => {
      const variations = texts.map((value) => ({ value }));
      const parent = await shop.toggle({ returnType, variations });
      await shop.publish(parent, {
        disabled: false,
        content: { rules: [], variations, defaultServe: { select: 0 }, disabledServe: { select: 0 } },
      });
      const prerequisites = [{ key: parent, value: texts[0], type: returnType }];
      const child = await publish({ prerequisites });
      const all = (await repository()).toggles;
      expect(all[parent].variations).toEqual(values);
      expect(all[child].prerequisites).toEqual([{ key: parent, value: values[0] }]);
    });

    it('an unset default serve is the disabled one, archived toggles are left out, forClient follows', async () => {
      const fresh = await shop.toggle({ disabledServe: 1, clientAvailability: false });
      const archived = await shop.toggle();
      await owner.ok('PATCH', `${shop.path}/toggles/${archived}/offline`);
      const all = (await repository()).toggles;
      expect(all[fresh]).toMatchObject({
        enabled: false,
        defaultServe: { select: 1 },
        disabledServe: { select: 1 },
        forClient: false,
        version: 1,
      });
      expect(all).not.toHaveProperty(archived);
    });

    it('a toggle that is enabled without a default serve is omitted, and costs nobody else', async () => {
      const key = await shop.toggle();
      await shop.publish(key, { disabled: false });
      const all = (await repository()).toggles;
      expect(all).not.toHaveProperty(key);
      expect(Object.keys(all).length).toBeGreaterThan(0);
    });

    it('all segments of the project are in it, used or not', async () => {
      const segment = await shop.segment();
      expect((await repository()).segments[`My_First_Project$${segment}`]).toEqual({
        uniqueId: `My_First_Project$${segment}`,
        version: 1,
        rules: [],
      });
    });

    it('only PAGE_VIEW and CLICK events are in it, by their name', async () => {
      const metric = { name: 'm', metricType: 'CONVERSION', matcher: 'EXACT', url: 'https://shop.example' };
      const events: Json = {};
      for (const [eventType, more] of [
        ['PAGE_VIEW', {}],
        ['CLICK', { selector: '#buy' }],
        ['CUSTOM', { eventName: 'not-in-it' }],
      ] as const) {
        const at = shop.at(await shop.toggle());
        const body = { ...metric, eventType, ...more };
        const { name } = (await owner.ok('POST', `${at}/metric`, body)).events[0];
        if (eventType !== 'CUSTOM')
          events[name] = { type: eventType, name, matcher: 'EXACT', url: metric.url, ...more };
      }
      expect((await repository()).events).toEqual(events);
    });

    it('everything the Rust parser requires is there', async () => {
      const { toggles: all, segments } = await repository();
      const required = 'key enabled version forClient disabledServe defaultServe rules variations';
      for (const toggle of Object.values<Json>(all)) {
        for (const name of names(required)) expect(toggle).toHaveProperty(name);
        for (const rule of toggle.rules) {
          expect(Object.keys(rule.serve)).toHaveLength(1);
          for (const condition of rule.conditions)
            for (const name of names('type predicate objects')) expect(condition).toHaveProperty(name);
        }
      }
      expect(typeof segments).toBe('object');
    });
  });
});
