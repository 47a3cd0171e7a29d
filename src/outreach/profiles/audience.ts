import type { ProjectRef } from '../../access/index.js';
import type { Profile } from './profile.js';

/** Whether a profile belongs to an audience. Pure, and quick enough to be asked a million times. */
export type AudienceTest = (profile: Profile) => boolean;

/** Which profiles a segment holds: its rules, evaluated by the same engine as toggles, over attributes as text. */
export abstract class Audiences {
  /**
   * A test that stays as the segment's rules are now.
   * @throws DomainError `not_found` where the project has no such segment
   */
  abstract testOf(project: Pick<ProjectRef, 'id' | 'key'>, segmentKey: string): Promise<AudienceTest>;
}
