import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { emitInOrder } from '../platform/database/index.js';
import { DomainError, invalidField, type LocalizedText } from '../platform/errors/index.js';
import { isPlainObject } from '../platform/http/index.js';
import { CUSTOM_EVENTS_REPORTED, type CustomEventsReport, customEventsIn } from './custom-events.js';
import { SdkKeys } from './sdk-keys.js';

const NO_LIST: LocalizedText = { en: 'must be a list of reports', zh: '必须是报告的列表' };
const NO_OBJECT: LocalizedText = { en: 'must be an object', zh: '必须是对象' };

/**
 * What SDKs report of evaluations. The Rust server, which doesn't start without an address for it, passes it on. Reports are checked. What
 * applications tracked is told to who listens; nothing in Flagpost shows the rest, so nothing of it is kept.
 */
@Injectable()
export class SdkReports {
  constructor(
    private readonly keys: SdkKeys,
    private readonly emitter: EventEmitter2,
  ) {}

  /**
   * Takes a list of reports off the sender's hands. A report may lack `access`: upstream skips such a one, whatever else it has.
   * @throws DomainError `reporter_unknown` where no live environment has the key; `invalid_request` for what is no list of reports.
   */
  async take(sdkKey: string, reports: unknown): Promise<void> {
    const environment = sdkKey === '' ? undefined : await this.keys.findEnvironment(sdkKey);
    if (!environment) throw new DomainError('reporter_unknown');
    if (!Array.isArray(reports)) throw invalidField('body', NO_LIST);
    const checked = reports.map((report: unknown, index) => checkReport(report, `body[${index}]`));
    const events = customEventsIn(checked.flatMap(({ access, events: some }) => (access && some) ?? []));
    if (events.length === 0) return;
    const report: CustomEventsReport = { projectId: environment.projectId, events };
    await emitInOrder(this.emitter, CUSTOM_EVENTS_REPORTED, report);
  }
}

/** A report as far as it is looked at. */
interface Report {
  readonly access?: object | null;
  readonly events?: readonly unknown[] | null;
}

function checkReport(report: unknown, field: string): Report {
  if (!isPlainObject(report)) throw invalidField(field, NO_OBJECT);
  const { access, events } = report;
  if (access !== undefined && access !== null && !isPlainObject(access))
    throw invalidField(`${field}.access`, NO_OBJECT);
  if (events !== undefined && events !== null && !Array.isArray(events))
    throw invalidField(`${field}.events`, { en: 'must be a list', zh: '必须是列表' });
  return { access, events };
}
