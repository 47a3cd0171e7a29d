import { publishedRule, segmentIdOf, Undeliverable } from '../evaluation/index.js';
import type { EventDefinition } from '../metrics/index.js';
import type { SegmentRule, TargetingContent, ToggleReturnType } from '../targeting-rules/index.js';
import type { RepositoryDocument, SdkSegment, SdkServe, SdkToggle } from './repository-document.js';
import { optionalServe, sdkServe } from './serves.js';
import { typedValue } from './typed-values.js';

/** A toggle that is not archived, with its targeting in the environment. */
export interface SourceToggle {
  readonly key: string;
  readonly returnType: ToggleReturnType;
  readonly clientAvailability: boolean;
  readonly disabled: boolean;
  readonly trackAccessEvents: boolean;
  readonly version: number;
  readonly publishedAt: number;
  /** JSON of a `TargetingContent`. */
  readonly content: string;
}

/** A segment of the project. */
export interface SourceSegment {
  readonly key: string;
  readonly version: number;
  /** JSON list of `SegmentRule`. */
  readonly rules: string;
}

/** All that SDKs of an environment shall know, as it is stored. */
export interface RepositorySource {
  readonly projectKey: string;
  readonly version: number;
  /** Epoch milliseconds; 0: SDKs don't report each evaluation. */
  readonly debugUntil: number;
  readonly toggles: readonly SourceToggle[];
  readonly segments: readonly SourceSegment[];
  readonly events: readonly EventDefinition[];
}

/** What was left out, and why. */
export interface Omission {
  readonly kind: 'toggle' | 'segment';
  readonly key: string;
  readonly reason: string;
}

/** The document, and what it lacks of its source. */
export interface BuiltRepository {
  readonly document: RepositoryDocument;
  readonly omissions: readonly Omission[];
}

/**
 * Turns what is stored of an environment into the document SDKs evaluate (evaluation, section 8). What could not be read by them is
 * left out and said, since one toggle they can't parse would cost them all the others. Pure: no clock, no database.
 */
export class RepositoryBuilder {
  readonly #omissions: Omission[] = [];

  constructor(private readonly source: RepositorySource) {}

  build(): BuiltRepository {
    const { version, debugUntil, toggles, segments, events } = this.source;
    const document: RepositoryDocument = {
      version,
      ...(debugUntil > 0 && { debugUntilTime: debugUntil }),
      // fromEntries, since `__proto__` is a key like any other.
      segments: Object.fromEntries(
        this.#deliverable('segment', segments, (segment) => this.#segment(segment)).map((segment) => [
          segment.uniqueId,
          segment,
        ]),
      ),
      toggles: Object.fromEntries(
        this.#deliverable('toggle', toggles, (toggle) => this.#toggle(toggle)).map((toggle) => [
          toggle.key,
          toggle,
        ]),
      ),
      events: Object.fromEntries(events.filter(isSeenByBrowsers).map((event) => [event.name, event])),
    };
    return { document, omissions: this.#omissions };
  }

  /** Whatever goes wrong with one of them, the others are delivered. */
  #deliverable<Source extends { readonly key: string }, Result>(
    kind: Omission['kind'],
    sources: readonly Source[],
    translate: (source: Source) => Result,
  ): Result[] {
    return sources.flatMap((source) => {
      try {
        return [translate(source)];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#omissions.push({ kind, key: source.key, reason });
        return [];
      }
    });
  }

  #segment({ key, version, rules }: SourceSegment): SdkSegment {
    const stored = JSON.parse(rules) as SegmentRule[];
    return {
      uniqueId: segmentIdOf(this.source.projectKey, key),
      version,
      rules: stored.map((rule) => publishedRule(rule, this.source.projectKey)),
    };
  }

  #toggle(toggle: SourceToggle): SdkToggle {
    const content = JSON.parse(toggle.content) as TargetingContent;
    const variations = content.variations.map(({ value }) => typedValue(value, toggle.returnType));
    const disabledServe = sdkServe(content.disabledServe, variations.length);
    return {
      key: toggle.key,
      enabled: !toggle.disabled,
      trackAccessEvents: toggle.trackAccessEvents,
      lastModified: toggle.publishedAt,
      version: toggle.version,
      forClient: toggle.clientAvailability,
      disabledServe,
      defaultServe: defaultServeOf(toggle, content, variations.length, disabledServe),
      rules: (content.rules ?? []).map((rule) => ({
        serve: sdkServe(rule.serve, variations.length),
        ...publishedRule(rule, this.source.projectKey),
      })),
      variations,
      prerequisites: (content.prerequisites ?? []).map(({ key, value, type }) => ({
        key,
        value: typedValue(value, type),
      })),
    };
  }
}

/** A toggle that was never published has none; disabled, it never comes to it, but the member must be there. */
function defaultServeOf(
  { disabled }: SourceToggle,
  { defaultServe }: TargetingContent,
  variations: number,
  disabledServe: SdkServe,
): SdkServe {
  const serve = optionalServe(defaultServe, variations) ?? (disabled ? disabledServe : undefined);
  if (!serve) throw new Undeliverable('it is enabled, but has no default serve');
  return serve;
}

/** Custom events are sent by code; SDKs need not look out for them. */
function isSeenByBrowsers({ type }: EventDefinition): boolean {
  return type === 'PAGE_VIEW' || type === 'CLICK';
}
