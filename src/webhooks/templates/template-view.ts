import type { FormattedEvent } from '../formats/formatted-event.js';
import { carriesSdkKeys, maskSdkKeys, maskSdkKeysIn } from '../formats/sdk-key-mask.js';
import { readableChange, readablePath } from './readable.js';
import { summarize } from './summary.js';

/** One difference between the state before and the state after. */
interface ChangeView {
  /** For people: `rules[0].serve`. */
  readonly path: string;
  /** RFC 6901, into `data`. */
  readonly pointer: string;
  readonly from?: unknown;
  readonly to?: unknown;
  /** Both on one line, shortened, SDK keys always cut: `rules[0].serve 0 → 1`. */
  readonly text: string;
  /** Whether it is the list's last, for those who write separators. */
  readonly last: boolean;
}

/** What a template can name. Keys that the event lacks are undefined. */
export interface TemplateView {
  readonly action: string;
  readonly changes: readonly ChangeView[];
  readonly data: unknown;
  readonly environmentKey: string | undefined;
  /** `RESOURCE.ACTION`. */
  readonly event: string;
  readonly id: string;
  readonly operator: string;
  readonly projectKey: string | undefined;
  readonly resource: string;
  readonly segmentKey: string | undefined;
  readonly summary: string;
  /** ISO 8601. */
  readonly time: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly toggleKey: string | undefined;
}

/** The view of an event; `masked`: SDK keys cut to their last four characters. */
export function templateView(event: FormattedEvent, masked: boolean): TemplateView {
  const { action, id, operator, resource, timestamp, keys, changes = [] } = event;
  const isCut = masked && carriesSdkKeys(event);
  const cutChanges = maskSdkKeysIn(changes);
  return {
    action,
    changes: (isCut ? cutChanges : changes).map((change, index) => ({
      path: readablePath(change.path),
      pointer: change.path,
      from: change.from,
      to: change.to,
      text: readableChange(cutChanges[index] ?? change),
      last: index === changes.length - 1,
    })),
    data: JSON.parse(isCut ? maskSdkKeys(event.dataJson) : event.dataJson),
    environmentKey: keys.environmentKey,
    event: `${resource}.${action}`,
    id,
    operator,
    projectKey: keys.projectKey,
    resource,
    segmentKey: keys.segmentKey,
    summary: summarize(event),
    time: new Date(timestamp).toISOString(),
    timestamp,
    toggleKey: keys.toggleKey,
  };
}
