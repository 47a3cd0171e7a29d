import type { DomainEvent } from '../../events/index.js';

/** What a body is made from. */
export type FormattedEvent = Pick<
  DomainEvent,
  'id' | 'resource' | 'action' | 'operator' | 'timestamp' | 'keys' | 'dataJson' | 'changes'
>;

/** A body ready to be sent: the same bytes at every try and to every webhook that takes this form. Never empty. */
export interface FormattedBody {
  readonly contentType: string;
  readonly body: string;
}
