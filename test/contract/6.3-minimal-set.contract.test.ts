import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../support/api-client.js';
import { newToggle } from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PROJECT = '/api/projects/shop';
const ENVIRONMENT = `${PROJECT}/environments/online`;

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });
  afterAll(() => flagpost.stop());

  describe('6.3 Minimal usable set', () => {
    it('every route of the set is served, by the document', async () => {
      const { paths } = await owner.ok('GET', '/api/v3/api-docs.json');
      const P = '/api/projects/{projectKey}';
      const T = `${P}/environments/{environmentKey}/toggles/{toggleKey}/targeting`;
      const crud = 'get patch';
      const needed: Record<string, string> = {
        '/api/application/settings': 'get',
        '/api/login': 'post',
        '/api/members/current': 'get',
        '/api/approvalRecords/total': 'get',
        '/api/dictionaries/{key}': 'get post',
        '/api/projects': 'get post',
        '/api/projects/exists': 'get',
        [P]: `${crud} delete`,
        [`${P}/approvalSettings`]: crud,
        [`${P}/environments`]: 'get post',
        [`${P}/environments/exists`]: 'get',
        [`${P}/environments/{environmentKey}`]: crud,
        [`${P}/environments/{environmentKey}/offline`]: 'patch',
        [`${P}/environments/{environmentKey}/restore`]: 'patch',
        [`${P}/tags`]: 'get post',
        [`${P}/toggles`]: 'get post',
        [`${P}/toggles/exists`]: 'get',
        [`${P}/toggles/{toggleKey}`]: crud,
        [`${P}/toggles/{toggleKey}/offline`]: 'patch',
        [`${P}/toggles/{toggleKey}/restore`]: 'patch',
        [T]: crud,
        [`${T}/versions`]: 'get',
        [`${T}/versions/{version}`]: 'get',
        [`${T}/diff`]: 'get',
        [`${T}/attributes`]: 'get',
        [`${T}/prerequisite/toggles`]: 'get',
        [`${T}/prerequisite/dependencies`]: 'get',
        [`${T}/approval`]: 'post',
        [`${T}/approvalStatus`]: 'patch',
        [`${T}/sketch/publish`]: 'patch',
        [`${T}/sketch/cancel`]: 'patch',
        [`${P}/segments`]: 'get post',
        [`${P}/segments/exists`]: 'get',
        [`${P}/segments/{segmentKey}`]: `${crud} delete`,
        [`${P}/segments/{segmentKey}/publish`]: 'patch',
        [`${P}/segments/{segmentKey}/toggles`]: 'get',
        [`${P}/segments/{segmentKey}/versions`]: 'get',
        '/api/approvalRecords': 'get',
        '/api/members': 'get post patch delete',
        '/api/members/query': 'get',
        '/api/members/modifyPassword': 'patch',
        '/api/tokens': 'get post',
        '/api/tokens/exists': 'get',
        '/api/tokens/{id}': 'get delete',
        '/api/webhooks': 'get post',
        '/api/webhooks/secretKey': 'get',
        '/api/webhooks/checkUrl': 'get',
        '/api/webhooks/{id}': `${crud} delete`,
      };
      const absent = Object.entries(needed).flatMap(([path, methods]) =>
        methods
          .split(' ')
          .filter((method) => !paths[path]?.[method])
          .map((method) => `${method} ${path}`),
      );
      expect(absent).toEqual([]);
    });

    it('what may be a stub answers what a stub would, where there is no data', async () => {
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle('stub'));
      const stub = `${ENVIRONMENT}/toggles/stub`;
      expect(await owner.ok('GET', `${stub}/traffic?trafficType=NAME&lastHours=24`)).toEqual({
        isAccess: false,
        traffic: [],
        summary: [],
      });
      expect(await owner.ok('GET', `${stub}/access`)).toEqual({ isAccess: false });
      expect((await owner.get(`${stub}/metric`)).body.code).toBe('not_found');
      expect(await owner.ok('GET', `${stub}/metric/iterations`)).toEqual([]);
      expect(await owner.ok('GET', `${stub}/targeting/attributes`)).toEqual([]);
    });
  });
});
