/** Told to listeners, one after the other, when SDKs have reported custom events; a listener that fails fails the report. */
export const CUSTOM_EVENTS_REPORTED = 'sdk.custom-events-reported';

/** A call of an SDK's `track`. */
export interface CustomEvent {
  /** What the application calls the user, as in `User.key`. */
  readonly user: string;
  readonly name: string;
  /** Epoch milliseconds, by the clock of the SDK's machine. */
  readonly time: number;
  readonly value?: number;
}

/** What came with one report, in its order. */
export interface CustomEventsReport {
  /** The project of the environment whose SDK key came with it. */
  readonly projectId: number;
  readonly events: readonly CustomEvent[];
}

/** The custom events among those of a report; others, and those that lack what a custom event has, are passed over. */
export function customEventsIn(events: readonly unknown[]): CustomEvent[] {
  return events.flatMap((event) => readCustomEvent(event) ?? []);
}

function readCustomEvent(event: unknown): CustomEvent | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const { kind, user, name, time, value } = event as Readonly<Record<string, unknown>>;
  if (kind !== 'custom' || typeof user !== 'string' || typeof name !== 'string' || typeof time !== 'number')
    return undefined;
  if (value === undefined || value === null) return { user, name, time };
  return typeof value === 'number' ? { user, name, time, value } : undefined;
}
