import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { DomainError, type FieldProblem, ProblemsError } from '../../platform/errors/index.js';
import { SegmentReader } from '../../segments/index.js';
import { checkTemplateValues } from '../requests/template-values.js';
import type { TemplateParam, TemplateValue } from '../touchpoints/touchpoint-config.js';
import { Touchpoints, type Touchpoint } from '../touchpoints/touchpoint.js';
import type { CampaignContent, DraftContent } from './campaign-content.js';
import { checkMode, checkSteps, touchpointIdsOf, type StepTouchpoints } from './check-steps.js';
import { checkTrigger } from './check-trigger.js';
import { Problems, REQUIRED } from './problems.js';

/** The codes that parameters may take, by touchpoint and parameter; or why they could not be had. */
export type GatheredCodes = ReadonlyMap<string, ReadonlySet<string> | DomainError>;

type Values = Readonly<Record<string, TemplateValue>>;

const NO_TOUCHPOINTS: StepTouchpoints = { byId: new Map(), authorised: new Set() };

/** Path of the template values in a body. */
const VALUES = 'templateValues';

/** Judges whether a campaign can go online. */
@Injectable()
export class CampaignChecker {
  constructor(
    private readonly touchpoints: Touchpoints,
    private readonly segments: SegmentReader,
  ) {}

  /**
   * Asks for the codes that the content's values have to be among. That may take calls of customers' APIs, so it comes before the unit of
   * work that checks.
   */
  async gather(project: ProjectRef, content: DraftContent): Promise<GatheredCodes> {
    const values = content.templateValues ?? {};
    const touchpoints = await this.#touchpointsOf(project, touchpointIdsOf(content.steps));
    const wanted = usable(touchpoints).flatMap((touchpoint) =>
      choicesOf(touchpoint, values).map((param) => ({ touchpoint, param })),
    );
    const answers = wanted.map(
      async ({ touchpoint, param }): Promise<[string, ReadonlySet<string> | DomainError]> => [
        codesKey(touchpoint.id, param),
        await this.#codesOf(touchpoint, param, project.id),
      ],
    );
    return new Map(await Promise.all(answers));
  }

  /**
   * Checks everything at once, and locks the touchpoints, so that they stay as they were judged until the unit ends. Needs an open unit.
   * @param codes what `gather` answered for the same content
   * @param now epoch milliseconds; undefined: nothing is said about times that have passed
   * @returns the content with its defaults
   * @throws ProblemsError `campaign_invalid` with all that is wrong; DomainError `request_conflict` where the content or its touchpoints
   * have changed since the codes were gathered
   */
  async check(
    project: ProjectRef,
    content: DraftContent,
    codes: GatheredCodes,
    now: number | undefined,
  ): Promise<CampaignContent> {
    const problems = new Problems();
    const touchpoints = await this.#lockTouchpoints(project, touchpointIdsOf(content.steps));
    const segmentKey = await this.#checkSegment(project, content.segmentKey, problems);
    const steps = checkSteps(content.steps, touchpoints, project, problems);
    const mode = checkMode(content.mode, problems);
    const templateValues = content.templateValues ?? {};
    checkValues(templateValues, touchpoints, codes, problems);
    const { trigger, problems: ofTrigger } = checkTrigger(content.trigger, now);
    problems.addAll(ofTrigger);
    if (!problems.isEmpty || !trigger) throw new ProblemsError('campaign_invalid', problems.all);
    return { segmentKey, steps, mode, templateValues, trigger };
  }

  /** Only the organization's own are locked: which those are never changes. */
  async #lockTouchpoints(project: ProjectRef, ids: readonly number[]): Promise<StepTouchpoints> {
    const { byId } = await this.#touchpointsOf(project, ids);
    if (byId.size === 0) return NO_TOUCHPOINTS;
    const own = [...byId.keys()];
    const locked = await this.touchpoints.loadForUse(own);
    return { byId: locked, authorised: await this.touchpoints.authorisedFor(project.id, own) };
  }

  async #touchpointsOf(project: ProjectRef, ids: readonly number[]): Promise<StepTouchpoints> {
    if (ids.length === 0) return NO_TOUCHPOINTS;
    const found = [...(await this.touchpoints.load(ids)).values()];
    const own = found.filter(({ organizationId }) => organizationId === project.organizationId);
    return {
      byId: new Map(own.map((touchpoint) => [touchpoint.id, touchpoint])),
      authorised: await this.touchpoints.authorisedFor(project.id, ids),
    };
  }

  /** The key as the segment has it: keys are found whatever their case. */
  async #checkSegment(project: ProjectRef, key: string | undefined, problems: Problems): Promise<string> {
    if (key === undefined || key === '') {
      problems.add('segmentKey', REQUIRED);
      return '';
    }
    try {
      return (await this.segments.find(project, key)).key;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      problems.add('segmentKey', {
        en: `names no segment of project ${project.key}`,
        zh: `在项目 ${project.key} 中不存在`,
      });
      return '';
    }
  }

  async #codesOf(
    touchpoint: Touchpoint,
    param: string,
    projectId: number,
  ): Promise<ReadonlySet<string> | DomainError> {
    try {
      return await this.touchpoints.codesOf(touchpoint, param, projectId);
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
}

function codesKey(touchpointId: number, param: string): string {
  return `${touchpointId}/${param}`;
}

/** Enabled, and the project's to use: of no others is anything asked. */
function usable({ byId, authorised }: StepTouchpoints): Touchpoint[] {
  return [...byId.values()].filter(({ id, status }) => status === 'ENABLED' && authorised.has(id));
}

/** The parameters with a choice of codes that have a value. */
function choicesOf({ config }: Touchpoint, values: Values): string[] {
  return config.templateParams
    .filter(({ type, name }) => type === 'ENUM' && Object.hasOwn(values, name))
    .map(({ name }) => name);
}

function checkValues(
  values: Values,
  touchpoints: StepTouchpoints,
  codes: GatheredCodes,
  problems: Problems,
): void {
  const canAsk = new Set(usable(touchpoints));
  for (const touchpoint of touchpoints.byId.values())
    problems.addAll(problemsOf(touchpoint, values, codes, canAsk.has(touchpoint)));
  // Without any touchpoint, there is nothing that the values could be wrong for.
  if (touchpoints.byId.size === 0) return;
  const known = new Set(
    [...touchpoints.byId.values()].flatMap(({ config }) => config.templateParams.map(({ name }) => name)),
  );
  for (const name of Object.keys(values)) {
    if (!known.has(name))
      problems.add(`${VALUES}.${name}`, {
        en: 'is a parameter of none of the touchpoints',
        zh: '不是任何所选触点的参数',
      });
  }
}

function problemsOf(
  touchpoint: Touchpoint,
  values: Values,
  codes: GatheredCodes,
  canAsk: boolean,
): FieldProblem[] {
  const unanswered: FieldProblem[] = [];
  const codesOf = ({ name }: TemplateParam): ReadonlySet<string> | undefined => {
    const answer = codes.get(codesKey(touchpoint.id, name));
    if (answer === undefined && canAsk) throw new DomainError('request_conflict');
    if (!(answer instanceof DomainError)) return answer;
    const problem = {
      en: `can't be checked: ${answer.localized('en')}`,
      zh: `无法校验：${answer.localized('zh')}`,
    };
    unanswered.push({ field: `${VALUES}.${name}`, problem });
    return undefined;
  };
  const found = checkTemplateValues(touchpoint.config.templateParams, values, { field: VALUES, codesOf });
  return [...found, ...unanswered];
}
