import { CreateMembers1795000000001 } from './0001-create-members.js';
import { CreateFlags1795000000002 } from './0002-create-flags.js';
import { CreateEvents1795000000003 } from './0003-create-events.js';
import { CreateDeliveries1795000000004 } from './0004-create-deliveries.js';
import { CreateWebhooks1795000000005 } from './0005-create-webhooks.js';

/** All migrations, oldest first. A released one is never edited: a change is a new one. */
export const migrations = [
  CreateMembers1795000000001,
  CreateFlags1795000000002,
  CreateEvents1795000000003,
  CreateDeliveries1795000000004,
  CreateWebhooks1795000000005,
] as const;
