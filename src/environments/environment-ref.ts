import type { EnvironmentEntity } from './environment.entity.js';

/** What other modules need to know of an environment. */
export interface EnvironmentRef {
  readonly id: number;
  /** The key as the environment has it, whatever case the path used. */
  readonly key: string;
  readonly name: string;
  /** Publishing needs an approval by one of the reviewers. */
  readonly enableApproval: boolean;
  /** Accounts. */
  readonly reviewers: readonly string[];
  readonly version: number;
  readonly archived: boolean;
}

/** Whether publishing in an environment needs an approval, and by whom. */
export interface ApprovalSetting {
  readonly enable: boolean;
  /** Accounts. */
  readonly reviewers: readonly string[];
}

export function toRef(entity: EnvironmentEntity): EnvironmentRef {
  const { id, key, name, enableApproval, reviewers, version, archived } = entity;
  return { id, key, name, enableApproval, reviewers, version, archived };
}
