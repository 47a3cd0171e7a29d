import { CreateMembers1795000000001 } from './0001-create-members.js';
import { CreateFlags1795000000002 } from './0002-create-flags.js';
import { CreateEvents1795000000003 } from './0003-create-events.js';
import { CreateDeliveries1795000000004 } from './0004-create-deliveries.js';
import { CreateWebhooks1795000000005 } from './0005-create-webhooks.js';
import { CreateApprovals1795000000006 } from './0006-create-approvals.js';
import { CreateTagsAndPrerequisites1795000000007 } from './0007-create-tags-and-prerequisites.js';
import { CreateAccessTokens1795000000008 } from './0008-create-access-tokens.js';
import { CreateMetrics1795000000009 } from './0009-create-metrics.js';
import { AddWebhookTemplates1795000000010 } from './0010-add-webhook-templates.js';
import { AddSecretRotation1795000000011 } from './0011-add-secret-rotation.js';
import { CreateReplays1795000000012 } from './0012-create-replays.js';
import { ReshapeDeliveries1795000000013 } from './0013-reshape-deliveries.js';
import { CreateOutreach1795000000014 } from './0014-create-outreach.js';
import { DropDeliveryEndpointIndex1795000000015 } from './0015-drop-delivery-endpoint-index.js';

/** All migrations, oldest first. A released one is never edited: a change is a new one. */
export const migrations = [
  CreateMembers1795000000001,
  CreateFlags1795000000002,
  CreateEvents1795000000003,
  CreateDeliveries1795000000004,
  CreateWebhooks1795000000005,
  CreateApprovals1795000000006,
  CreateTagsAndPrerequisites1795000000007,
  CreateAccessTokens1795000000008,
  CreateMetrics1795000000009,
  AddWebhookTemplates1795000000010,
  AddSecretRotation1795000000011,
  CreateReplays1795000000012,
  ReshapeDeliveries1795000000013,
  CreateOutreach1795000000014,
  DropDeliveryEndpointIndex1795000000015,
] as const;
