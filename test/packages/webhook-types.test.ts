import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as published from '../../packages/flagpost-webhooks/src/index.js';
import { isEvent, parseEvent } from '../../packages/flagpost-webhooks/src/index.js';
import type { EnvironmentDto } from '../../src/environments/environment.dto.js';
import type { EVENT_CATALOGUE, EventResource } from '../../src/events/index.js';
import { EVENT_NAMES } from '../../src/events/index.js';
import type { MemberDto } from '../../src/members/member.dto.js';
import type { ProjectDto } from '../../src/projects/project.dto.js';
import type { SegmentDto } from '../../src/segments/segment.dto.js';
import type * as rules from '../../src/targeting-rules/targeting-content.js';
import type {
  ApprovalDataDto,
  ApprovalDto,
  CanceledTargetingDto,
} from '../../src/toggles/approvals/approval.dto.js';
import type { ApprovalSettingsDto } from '../../src/toggles/approvals/settings/approval-settings.dto.js';
import type { TargetingDto } from '../../src/toggles/targeting/targeting.dto.js';
import type { ToggleDto } from '../../src/toggles/toggle.dto.js';
import { featureProbeBody } from '../../src/webhooks/formats/featureprobe.format.js';
import { sampleEvent } from '../../src/webhooks/samples/sample-events.js';

/** A DTO as webhook bodies have it: dates are numbers. */
type Wire<T> = T extends Date ? number : T extends object ? { [Name in keyof T]: Wire<T[Name]> } : T;

/** The names of members, without those that an index signature allows. */
type Names<T> = keyof { [Name in keyof T as string extends Name ? never : Name]: T[Name] };

/** What the server sends fits the published type, and neither has a field that the other lacks. */
type Fits<Dto, Published> = [Wire<Dto>] extends [Published]
  ? [Names<Dto>, Names<Published>] extends [Names<Published>, Names<Dto>]
    ? true
    : { missing: Exclude<Names<Dto>, Names<Published>>; extra: Exclude<Names<Published>, Names<Dto>> }
  : 'does not fit';

type CatalogueName = {
  [Resource in EventResource]: `${Resource}.${(typeof EVENT_CATALOGUE)[Resource]['actions'][number]}`;
}[EventResource];

/** Checked by the compiler, `npm run check:types`: a change to a DTO that the package doesn't follow doesn't compile. */
describe('the types of flagpost-webhooks', () => {
  it('have the data of every DTO, field by field', () => {
    expectTypeOf<Fits<ProjectDto, published.Project>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<EnvironmentDto, published.Environment>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<ApprovalSettingsDto, published.ApprovalSettings>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<SegmentDto, published.Segment>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<ToggleDto, published.Toggle>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<TargetingDto, published.Targeting>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<CanceledTargetingDto, published.RevokedTargeting>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<ApprovalDto, published.Approval>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<ApprovalDataDto, published.ApprovalData>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<MemberDto, published.Member>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<rules.TargetingContent, published.TargetingContent>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<rules.TargetingRule, published.TargetingRule>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<rules.SegmentRule, published.SegmentRule>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<rules.Condition, published.Condition>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<rules.Serve, published.Serve>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<rules.Variation, published.Variation>>().toEqualTypeOf<true>();
    expectTypeOf<Fits<rules.Prerequisite, published.Prerequisite>>().toEqualTypeOf<true>();
  });

  it('have every event of the catalogue, and no other', () => {
    expectTypeOf<published.EventName>().toEqualTypeOf<CatalogueName>();
  });

  it('tell events apart by resource and action', () => {
    const read = (event: published.WebhookEvent): unknown => {
      if (event.resource === 'TOGGLE' && event.action === 'PUBLISH') {
        expectTypeOf(event.data).toEqualTypeOf<published.Targeting>();
        return event.environmentKey;
      }
      if (isEvent(event, 'MEMBER.CREATE')) expectTypeOf(event.data).toEqualTypeOf<published.Member[]>();
      return undefined;
    };
    const bodyOf = (name: string): string => featureProbeBody(sampleEvent(name, 'bob', 1), false).body;
    expect(read(parseEvent(bodyOf('TOGGLE.PUBLISH')))).toBe('production');
    expect(read(parseEvent(bodyOf('TOGGLE.CREATE')))).toBeUndefined();
  });

  it.each(EVENT_NAMES)('name %s as it names itself', (name) => {
    const event = parseEvent(featureProbeBody(sampleEvent(name, 'bob', 1), false).body);
    const other = name === 'TOGGLE.CREATE' ? 'TOGGLE.UPDATE' : 'TOGGLE.CREATE';
    expect(isEvent(event, name as published.EventName)).toBe(true);
    expect(isEvent(event, other)).toBe(false);
  });
});
