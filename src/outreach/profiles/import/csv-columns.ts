import { type FieldProblem, invalidField, type LocalizedText } from '../../../platform/errors/index.js';
import { gidOf, problem } from '../field-checks.js';
import { attributeNameProblem, type ProfileInput, readProfileInput } from '../profile-input.js';
import type { CsvRecord } from './csv-records.js';

const HEADER = 'header';

/** What the columns of a CSV file are, by its first row: `gid`, `userId`, and every other an attribute. */
export class CsvColumns {
  private constructor(private readonly names: readonly string[]) {}

  /** Reads the header. @throws DomainError `invalid_request` that says what is wrong with it. */
  static read(record: CsvRecord): CsvColumns {
    if ('problem' in record) throw invalidField(HEADER, record.problem);
    const names = record.cells.map((cell) => cell.trim());
    if (!names.includes('gid') && !names.includes('userId')) this.missing();
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) !== index) throw headerError(`names ${name} twice`, `重复了 ${name}`);
      const wrong = name === 'gid' || name === 'userId' ? undefined : attributeNameProblem(name);
      if (wrong)
        throw headerError(
          `column ${index + 1}: ${textOf(wrong, 'en')}`,
          `第 ${index + 1} 列：${textOf(wrong, 'zh')}`,
        );
    }
    return new CsvColumns(names);
  }

  /** @throws DomainError `invalid_request`: there is no header to go by. */
  static missing(): never {
    throw headerError(
      'must be the first row, with commas between its names, and name gid or userId',
      '必须是首行，以逗号分隔，并包含 gid 或 userId',
    );
  }

  /** What a row says of a profile. */
  inputOf(cells: readonly string[]): ProfileInput | FieldProblem {
    const { length } = this.names;
    if (cells.length !== length)
      return problem(
        'line',
        `has ${cells.length} cells where the header has ${length}`,
        `有 ${cells.length} 个单元格，而表头有 ${length} 个`,
      );
    const given: Record<string, unknown> = {};
    const attributes: Record<string, string> = {};
    for (const [index, cell] of cells.entries()) {
      const name = this.names[index] ?? '';
      if (cell === '') continue;
      if (name === 'gid') given[name] = gidOf(cell) ?? cell;
      else if (name === 'userId') given[name] = cell;
      else attributes[name] = cell;
    }
    return readProfileInput({ ...given, attributes });
  }
}

function headerError(en: string, zh: string): Error {
  return invalidField(HEADER, { en, zh });
}

function textOf({ field, problem: what }: FieldProblem, locale: keyof LocalizedText): string {
  return `${field} ${what[locale]}`;
}
