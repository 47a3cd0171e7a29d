import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { expect, it } from 'vitest';
import { startFlagpost } from '../support/flagpost.js';
import { readDocument } from '../support/open-api.js';

const HEAD = '// Generated from the OpenAPI document. `npm run generate:client` writes it anew.\n\n';

it('the types of the test client are those of the OpenAPI document', async () => {
  const flagpost = await startFlagpost('sqlite', { ROLES: 'api', INTERNAL_TOKEN: 'internal' });
  try {
    const document = (await readDocument(flagpost.anonymous)) as OpenAPI3;
    const types = astToString(await openapiTS(document, { defaultNonNullable: false, alphabetize: true }));
    await expect(HEAD + types).toMatchFileSnapshot('../support/generated/api.d.ts');
  } finally {
    await flagpost.stop();
  }
});
