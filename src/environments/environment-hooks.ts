import type { ProjectRef } from '../access/index.js';

/**
 * Emitted inside the unit of work that makes an environment, so that others add the rows it needs in the same transaction
 * (the toggles their targeting); a listener that fails takes the environment down with it. Listen with `suppressErrors: false`.
 */
export const ENVIRONMENT_CREATED = 'environment.created';

/** The same for one that comes back from being offline: rows that were made for the others meanwhile are to be added. */
export const ENVIRONMENT_RESTORED = 'environment.restored';

/** What tells an environment from the others of its project. */
export interface EnvironmentIdentity {
  readonly id: number;
  readonly key: string;
}

/** Payload of `ENVIRONMENT_CREATED`. */
export interface EnvironmentCreated {
  readonly project: ProjectRef;
  readonly environment: EnvironmentIdentity;
  /** The environment whose contents the new one starts with; absent: it starts with defaults. */
  readonly copyFrom?: EnvironmentIdentity;
}

/** Payload of `ENVIRONMENT_RESTORED`. */
export interface EnvironmentRestored {
  readonly project: ProjectRef;
  readonly environment: EnvironmentIdentity;
}
