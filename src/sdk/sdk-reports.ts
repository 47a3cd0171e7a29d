import { Injectable } from '@nestjs/common';
import { DomainError, invalidField, type LocalizedText } from '../platform/errors/index.js';
import { SdkKeys } from './sdk-keys.js';

const NO_LIST: LocalizedText = { en: 'must be a list of reports', zh: '必须是报告的列表' };
const NO_OBJECT: LocalizedText = { en: 'must be an object', zh: '必须是对象' };

/**
 * What SDKs report of evaluations. The Rust server, which doesn't start without an address for it, passes it on. Reports are checked
 * and let go: nothing in Flagpost shows them, so nothing of them is kept.
 */
@Injectable()
export class SdkReports {
  constructor(private readonly keys: SdkKeys) {}

  /**
   * Takes a list of reports off the sender's hands. A report may lack `access`: upstream skips such a one, whatever else it has.
   * @throws DomainError `reporter_unknown` where no live environment has the key; `invalid_request` for what is no list of reports.
   */
  async take(sdkKey: string, reports: unknown): Promise<void> {
    if (sdkKey === '' || !(await this.keys.findEnvironment(sdkKey)))
      throw new DomainError('reporter_unknown');
    if (!Array.isArray(reports)) throw invalidField('body', NO_LIST);
    for (const [index, report] of reports.entries()) checkReport(report, `body[${index}]`);
  }
}

function checkReport(report: unknown, field: string): void {
  if (!isObject(report)) throw invalidField(field, NO_OBJECT);
  const { access, events } = report;
  if (access !== undefined && access !== null && !isObject(access))
    throw invalidField(`${field}.access`, NO_OBJECT);
  if (events !== undefined && events !== null && !Array.isArray(events))
    throw invalidField(`${field}.events`, { en: 'must be a list', zh: '必须是列表' });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
