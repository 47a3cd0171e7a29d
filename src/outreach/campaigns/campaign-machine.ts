import { DomainError } from '../../platform/errors/index.js';
import type { CampaignEntity, CampaignStatus } from './campaign.entity.js';

/** What members do to a campaign, and where it can be for that. */
const FROM = {
  update: ['DRAFT', 'PAUSED'],
  delete: ['DRAFT', 'FINISHED', 'CLOSED'],
  publish: ['DRAFT'],
  pause: ['NOT_STARTED', 'RUNNING'],
  resume: ['PAUSED'],
  close: ['IN_APPROVAL', 'TO_PUBLISH', 'NOT_STARTED', 'RUNNING', 'PAUSED'],
} as const satisfies Readonly<Record<string, readonly CampaignStatus[]>>;

export type CampaignAction = keyof typeof FROM;

/** @throws DomainError `campaign_transition`, naming the action and the status that stands against it */
export function requireStatusFor(action: CampaignAction, { status }: Pick<CampaignEntity, 'status'>): void {
  const from: readonly CampaignStatus[] = FROM[action];
  if (!from.includes(status)) throw new DomainError('campaign_transition', { action, status });
}
