import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import {
  brief,
  expectFields,
  ISO_DATE,
  missing,
  newToggle,
  PAGE_FIELDS,
  VARIATIONS,
} from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const BARE_ITEM = 'name key permanent useDays? returnType desc? modifiedTime modifiedBy';
const ITEM = `${BARE_ITEM} tags? disabled visitedTime? locked lockedBy? lockedTime? releaseStatus`;

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let bob: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: 'Pass1234' });
    bob = await flagpost.anonymous.login('bob', 'Pass1234');
  });
  afterAll(() => flagpost.stop());

  const keysOf = (list: Json): string[] => list.map(({ key }: Json) => key);

  describe('2.4 Toggles', () => {
    describe('the list', () => {
      const list = (query: string, client = owner): Promise<Json> =>
        client.ok('GET', `/api/projects/lists/toggles?${query}`);

      beforeAll(async () => {
        await owner.ok('POST', '/api/projects', { key: 'lists', name: 'lists' });
        for (const name of ['web', 'app']) await owner.ok('POST', '/api/projects/lists/tags', { name });
        const tags: Record<string, string[]> = { a: ['web'], b: ['app'], c: ['web', 'app'] };
        for (const key of ['a', 'b', 'c', 'd', 'needle-key'])
          await owner.ok('POST', '/api/projects/lists/toggles', newToggle(key, { tags: tags[key] ?? [] }));
        await owner.ok('PATCH', '/api/projects/lists/toggles/d/offline');
        await bob.ok('PATCH', '/api/projects/lists/environments/online/toggles/b/targeting', {
          content: { defaultServe: { select: 1 } },
          disabled: false,
        });
      });

      it('is a page of items as they are in the environment, newest first', async () => {
        const page = await list('environmentKey=online');
        expectFields(page, PAGE_FIELDS);
        expect(keysOf(page.content)).toEqual(['needle-key', 'c', 'b', 'a']);
        for (const item of page.content) expectFields(item, ITEM);
        expect(page.content[2]).toMatchObject({
          disabled: false,
          tags: ['app'],
          locked: false,
          releaseStatus: 'RELEASE',
        });
        expect(page.content[2].modifiedTime).toMatch(ISO_DATE);
      });

      it('without environmentKey ignores all filters, and shows nothing of an environment', async () => {
        const page = await list('keyword=none&disabled=false&archived=true&permanent=true&tags=x');
        expect(keysOf(page.content)).toEqual(['needle-key', 'c', 'b', 'a']);
        for (const item of page.content) expectFields(item, BARE_ITEM);
      });

      it('is not_found where the environment or project is not there', async () => {
        const answer = await owner.get('/api/projects/lists/toggles?environmentKey=nope');
        expect(brief(answer)).toEqual(missing('Environment', 'nope'));
        expect(brief(await owner.get('/api/projects/nope/toggles?environmentKey=online'))).toEqual(
          missing('Project', 'nope'),
        );
      });

      it.each([
        ['keyword=NEEDLE', ['needle-key']],
        ['keyword=name%20of%20B', ['b']],
        ['disabled=false', ['b']],
        ['disabled=true', ['needle-key', 'c', 'a']],
        ['tags[0]=web', ['c', 'a']],
        ['tags[0]=app&disabled=true', ['c']],
        ['tags[0]=none&disabled=true', []],
        ['tags[0]=none&keyword=a', []],
        ['archived=true', ['d']],
        ['archived=false', ['needle-key', 'c', 'b', 'a']],
        ['permanent=true', []],
        ['permanent=false&keyword=needle', ['needle-key']],
        ['releaseStatusList[0]=RELEASE', ['needle-key', 'c', 'b', 'a']],
        ['releaseStatusList[0]=REJECT', []],
        ['releaseStatusList[0]=REJECT&tags[0]=web', []],
        ['visitFilter=NOT_VISITED', ['needle-key', 'c', 'b', 'a']],
        ['visitFilter=IN_WEEK_VISITED&tags[0]=web', []],
        ['visitFilter=OUT_WEEK_VISITED&disabled=true', []],
      ])('is narrowed by %s, all filters at once', async (query, expected) => {
        const page = await list(`environmentKey=online&${query}`);
        expect([keysOf(page.content), page.totalElements]).toEqual([expected, expected.length]);
      });

      it('BUG: related is what the caller made or changed in this project and environment', async () => {
        expect(keysOf((await list('environmentKey=online&related=true', bob)).content)).toEqual(['b']);
        expect(keysOf((await list('environmentKey=online&related=true')).content)).toEqual([
          'needle-key',
          'c',
          'b',
          'a',
        ]);
        await owner.ok('POST', '/api/projects/lists/environments', { key: 'stage', name: 'Stage' });
        expect((await list('environmentKey=stage&related=true', bob)).content).toEqual([]);
        expect((await list('environmentKey=online&related=true&tags[0]=web', bob)).content).toEqual([]);
      });

      it('shows who locked a toggle, and when, while a sketch is pending', async () => {
        await owner.ok('PATCH', '/api/projects/lists/approvalSettings', {
          approvalSettings: [{ environmentKey: 'online', enable: true, reviewers: ['Admin'] }],
        });
        await bob.ok('POST', '/api/projects/lists/environments/online/toggles/a/targeting/approval', {
          content: {
            rules: [],
            defaultServe: { select: 1 },
            disabledServe: { select: 0 },
            variations: VARIATIONS,
          },
          disabled: false,
          comment: 'go',
        });
        const { content } = await list('environmentKey=online&releaseStatusList[0]=PENDING_APPROVAL');
        expect(content).toHaveLength(1);
        expectFields(content[0], `${ITEM} lockedBy lockedTime`);
        expect(content[0]).toMatchObject({
          key: 'a',
          locked: true,
          lockedBy: 'bob',
          releaseStatus: 'PENDING_APPROVAL',
        });
        expect(content[0].lockedTime).toMatch(ISO_DATE);
      });
    });
  });
});
