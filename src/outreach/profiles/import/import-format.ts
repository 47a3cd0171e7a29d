import { invalidField } from '../../../platform/errors/index.js';
import { CsvRows, NdjsonRows, type RowReader } from './import-rows.js';

/** What imports may be. */
export const IMPORT_TYPES = ['application/x-ndjson', 'text/csv'] as const;

const READERS: Readonly<Record<string, () => RowReader>> = {
  'application/x-ndjson': () => new NdjsonRows(),
  'text/csv': () => new CsvRows(),
};

const CHARSETS = ['utf-8', 'utf8', 'us-ascii'];

/** What reads a file of this content type. @throws DomainError `invalid_request` for types and charsets that nothing reads. */
export function readerOf(contentType: string | undefined): RowReader {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const make = READERS[type.trim()];
  if (!make)
    throw invalidField('Content-Type', {
      en: `must be ${IMPORT_TYPES.join(' or ')}`,
      zh: `必须是 ${IMPORT_TYPES.join(' 或 ')}`,
    });
  const charset = parameters.flatMap((one) => /^\s*charset\s*=\s*"?([^"]*)"?\s*$/.exec(one)?.[1] ?? [])[0];
  if (charset !== undefined && !CHARSETS.includes(charset.trim()))
    throw invalidField('Content-Type', { en: 'must have the charset utf-8', zh: '字符集必须是 utf-8' });
  return make();
}
