import type { ProjectRef } from '../../access/index.js';
import type { TargetingContent } from '../../targeting-rules/index.js';
import type { TargetingOfToggle } from './targeting.repository.js';

/** A change of a targeting's content, checked by itself but not yet against what it refers to. */
export interface ContentChange {
  readonly project: ProjectRef;
  readonly targeting: TargetingOfToggle;
  readonly before: TargetingContent;
  readonly after: TargetingContent;
}
