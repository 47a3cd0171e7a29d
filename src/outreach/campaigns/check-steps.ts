import type { ProjectRef } from '../../access/index.js';
import type { LocalizedText } from '../../platform/errors/index.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { CAMPAIGN_MODES, type CampaignMode, type CampaignStep, type DraftStep } from './campaign-content.js';
import { isOneOf, isWholeWithin, mustBeOneOf, mustBeWhole, type Problems, REQUIRED } from './problems.js';

const MAX_PRIORITY = 1000;

/** A touchpoint's id that its column can hold. */
const MAX_ID = 2 ** 31 - 1;

/** The touchpoints that steps name, as far as they are the organization's, and what the campaign may do with them. */
export interface StepTouchpoints {
  readonly byId: ReadonlyMap<number, Touchpoint>;
  /** Those that campaigns of the project may use. */
  readonly authorised: ReadonlySet<number>;
}

/** Ids that steps name and that can be ids at all, each once. */
export function touchpointIdsOf(steps: readonly DraftStep[] = []): number[] {
  const ids = steps.flatMap(({ touchpointId }) => (touchpointId === undefined ? [] : [touchpointId]));
  return [...new Set(ids)].filter((id) => isWholeWithin(id, 1, MAX_ID));
}

/** Checks the mode; what is right of it, or the default, is the answer. */
export function checkMode(mode: string | undefined, problems: Problems): CampaignMode {
  if (mode === undefined || isOneOf(CAMPAIGN_MODES, mode)) return mode ?? 'ALL';
  problems.add('mode', mustBeOneOf(CAMPAIGN_MODES));
  return 'ALL';
}

/** Checks the steps. The answer means nothing where there are problems. */
export function checkSteps(
  steps: readonly DraftStep[] = [],
  touchpoints: StepTouchpoints,
  project: ProjectRef,
  problems: Problems,
): CampaignStep[] {
  if (steps.length === 0) problems.add('steps', { en: 'must not be empty', zh: '不能为空' });
  const seen = new Set<number>();
  let first: Touchpoint | undefined;
  for (const [index, step] of steps.entries()) {
    const field = `steps[${index}].touchpointId`;
    const add = (problem: LocalizedText): void => problems.add(field, problem);
    const touchpoint = checkTouchpoint(step, touchpoints, project, seen, add);
    checkPriority(`steps[${index}].priority`, step, problems);
    if (first && touchpoint && kindOf(touchpoint) !== kindOf(first))
      add(
        says(touchpoint.id, `of kind ${kindOf(touchpoint)} beside ${kindOf(first)}`, `的类型与其他触点不同`),
      );
    first ??= touchpoint;
  }
  return steps.map(({ touchpointId = 0, priority }) => ({
    touchpointId,
    ...(priority !== undefined && { priority }),
  }));
}

function checkPriority(field: string, { priority }: DraftStep, problems: Problems): void {
  if (priority !== undefined && !isWholeWithin(priority, 0, MAX_PRIORITY))
    problems.add(field, mustBeWhole(0, MAX_PRIORITY));
}

/** The touchpoint that a step names, if it can be told and was not named before. */
function checkTouchpoint(
  { touchpointId: id }: DraftStep,
  { byId, authorised }: StepTouchpoints,
  project: ProjectRef,
  seen: Set<number>,
  add: (problem: LocalizedText) => void,
): Touchpoint | undefined {
  if (id === undefined) add(REQUIRED);
  else if (seen.has(id)) add(says(id, 'for a second time', '已重复'));
  else {
    seen.add(id);
    const touchpoint = byId.get(id);
    if (!touchpoint) add(says(id, 'which does not exist', '不存在'));
    if (touchpoint?.status === 'DISABLED') add(says(id, 'which is disabled', '已禁用'));
    if (touchpoint && !authorised.has(id))
      add(says(id, `which project ${project.key} may not use`, `未授权给项目 ${project.key} 使用`));
    return touchpoint;
  }
  return undefined;
}

/** What may stand side by side: channels, or touchpoints of one type. */
function kindOf({ kind, type }: Touchpoint): string {
  return type === undefined ? kind : `${kind} ${type}`;
}

function says(id: number, en: string, zh: string): LocalizedText {
  return { en: `names touchpoint ${id}, ${en}`, zh: `所指的触点 ${id} ${zh}` };
}
