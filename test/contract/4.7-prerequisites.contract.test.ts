import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { CONTENT } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, Shop } from '../support/shop.js';

/** The deepest chain of toggles that SDKs evaluate. */
const MAX_DEPTH = 20;

describe.each(DATABASES)('contract of prerequisites on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let shop: Shop;
  let toggle: string;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    shop = await Shop.open(owner);
    await shop.environment('guarded');
    await shop.demandApproval('guarded', ['Admin']);
  });
  afterAll(() => flagpost.stop());
  beforeEach(async () => {
    toggle = await shop.toggle();
  });

  const attempt = (content: object, key = toggle): Promise<Answer> =>
    owner.patch(shop.targeting(key), { disabled: false, content: { ...CONTENT, ...content } });
  const submit = (content: object): Promise<Answer> =>
    owner.post(`${shop.targeting(toggle, 'guarded')}/approval`, {
      disabled: false,
      content: { ...CONTENT, ...content },
    });

  describe('4.7 Prerequisites', () => {
    const on = (key: string, more: object = {}): object => ({
      prerequisites: [{ key, value: 'true', type: 'boolean', ...more }],
    });
    const dependents = async (key: string): Promise<string[]> =>
      (await owner.ok('GET', `${shop.targeting(key)}/prerequisite/dependencies`)).content.map(
        (each: Json) => each.key,
      );

    it('name a toggle in use, its type and one of its values', async () => {
      const other = await shop.toggle();
      expect((await attempt(on(other))).status).toBe(200);
      const wrong: [object, string][] = [
        [on('none'), 'key '],
        [on(other, { type: 'string' }), 'type '],
        [on(other, { type: 'wrong' }), 'type '],
        [on(other, { value: 'maybe' }), 'value '],
        [on(other, { value: 5 }), 'value '],
        [on(toggle), 'key '],
      ];
      for (const [content, field] of wrong)
        for (const answer of [await attempt(content), await submit(content)])
          expectRefusal(answer, 'invalid_request', `content.prerequisites[0].${field}`);
    });

    it('may not form a cycle, however long', async () => {
      const [second, third] = [await shop.toggle(), await shop.toggle()];
      expect((await attempt(on(second), toggle)).status).toBe(200);
      expect((await attempt(on(third), second)).status).toBe(200);
      for (const key of [toggle, second])
        expectRefusal(await attempt(on(key), third), 'invalid_request', 'Toggle exist dependency cycle');
    });

    it(`may be at most ${MAX_DEPTH} deep`, async () => {
      let deepest = toggle;
      for (let depth = 2; depth <= MAX_DEPTH; depth += 1) {
        const next = await shop.toggle();
        expect((await attempt(on(deepest), next)).status).toBe(200);
        deepest = next;
      }
      const message = 'Dependency depth exceeds maximum limit';
      expectRefusal(await attempt(on(deepest), await shop.toggle()), 'invalid_request', message);
    });

    it('BUG not repeated: the rows of dependencies are rewritten by an empty list, too', async () => {
      const other = await shop.toggle();
      await attempt(on(other));
      expect(await dependents(other)).toEqual([toggle]);
      await attempt({ prerequisites: [] });
      expect(await dependents(other)).toEqual([]);
    });

    it('do not keep a toggle from being archived', async () => {
      const other = await shop.toggle();
      await attempt(on(other));
      expect((await owner.patch(`${shop.path}/toggles/${other}/offline`)).status).toBe(200);
    });
  });
});
