import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient } from './api-client.js';
import type { TestFlagpost } from './flagpost.js';

const PASSWORD = 'Pass1234';

/** Makes another organization beside the first, owned by a member of this account; answers its client. */
export async function addOrganization(flagpost: TestFlagpost, account: string): Promise<ApiClient> {
  await flagpost.owner.ok('POST', '/api/members', {
    accounts: [account],
    role: 'WRITER',
    password: PASSWORD,
  });
  const unitOfWork = flagpost.app.get(UnitOfWork, { strict: false });
  await unitOfWork.run(() =>
    unitOfWork.manager.query(
      'DELETE FROM organization_member WHERE member_id = (SELECT id FROM member WHERE account = ?)',
      [account],
    ),
  );
  await flagpost.anonymous.ok('POST', '/api/login', {
    account,
    password: PASSWORD,
    initializeOrganization: 'true',
  });
  return flagpost.anonymous.login(account, PASSWORD);
}
