import { Injectable } from '@nestjs/common';
import { TestSender, type DeliveryEnd, type TestResult } from '../../../delivery/index.js';
import { Clock } from '../../../platform/clock/clock.js';
import { notFound, ProblemsError, type FieldProblem } from '../../../platform/errors/index.js';
import { RequestContext } from '../../../platform/http/index.js';
import { IdGenerator } from '../../../platform/ids/id-generator.js';
import { readReach } from '../../requests/answers.js';
import { compileBodies, REACH_EVENT } from '../../requests/reach-bodies.js';
import { checkTemplateValues } from '../../requests/template-values.js';
import { codesByHand } from '../options/option.js';
import { ReachEndpoints } from '../reach-endpoints.js';
import type { TemplateValue } from '../touchpoint-config.js';
import { Touchpoints, type Touchpoint } from '../touchpoint.js';
import type { TestTouchpointRequest } from '../touchpoint-requests.dto.js';
import { trialUsers } from './trial-users.js';
import { verdictOf } from './trial-verdict.js';

/** What came of a test send, and where it went. */
export interface TrialResult extends TestResult {
  readonly request: TestResult['request'] & { readonly url: string };
}

const NO_SUCH_PARAM = {
  en: 'is no template parameter of this touchpoint',
  zh: '不是该触点的模板参数',
};

/** Sends requests to touchpoints with values that were filled in by hand: what a real one would be, and nothing is kept of it. */
@Injectable()
export class TouchpointTester {
  constructor(
    private readonly touchpoints: Touchpoints,
    private readonly endpoints: ReachEndpoints,
    private readonly sender: TestSender,
    private readonly context: RequestContext,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Sends one request now, also while the touchpoint is disabled. Codes of choices whose values come from an API are taken as they are.
   * @throws DomainError `not_found`; `invalid_request` with all that is wrong with the template values, or the first user that won't do
   */
  async send(organizationId: number, id: number, request: TestTouchpointRequest): Promise<TrialResult> {
    const touchpoint = (await this.touchpoints.load([id])).get(id);
    if (touchpoint?.organizationId !== organizationId) throw notFound('touchpoint', id);
    const users = trialUsers(touchpoint, request.users ?? []);
    const values = checkedValues(touchpoint, request.templateValues ?? {});
    const orderId = this.ids.uuid();
    const result = await this.sender.send(this.endpoints.endpointOf(touchpoint), {
      id: this.ids.uuid(),
      organizationId,
      eventId: orderId,
      eventName: REACH_EVENT,
      contentType: 'application/json',
      body: compileBodies(touchpoint, values)(users, orderId),
      traceparent: this.context.current?.traceparent ?? null,
    });
    const gids = new Set(users.map(({ gid }) => gid));
    const reading = readReach(touchpoint, this.#endOf(touchpoint, orderId, result), gids);
    const { success, error } = verdictOf(result, reading, gids);
    return { ...result, success, error, request: { url: touchpoint.url, ...result.request } };
  }

  /** The same as a delivery would have ended. */
  #endOf({ id }: Touchpoint, orderId: string, result: TestResult): DeliveryEnd {
    return {
      endpointId: id,
      deliveryId: orderId,
      eventId: orderId,
      eventName: REACH_EVENT,
      status: result.success ? 'SUCCEEDED' : 'FAILED',
      reason: result.error,
      statusCode: result.statusCode,
      answer: result.response && Buffer.from(result.response.body),
      at: this.clock.now(),
    };
  }
}

function checkedValues(
  { config }: Touchpoint,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, TemplateValue>> {
  const values = given as Readonly<Record<string, TemplateValue>>;
  const names = new Set(config.templateParams.map(({ name }) => name));
  const unknown = Object.keys(values).filter((name) => !names.has(name));
  const problems: FieldProblem[] = [
    ...checkTemplateValues(config.templateParams, values, { field: 'templateValues', codesOf: codesByHand }),
    ...unknown.map((name) => ({ field: `templateValues.${name}`, problem: NO_SUCH_PARAM })),
  ];
  if (problems.length > 0) throw new ProblemsError('fields_invalid', problems);
  return values;
}
