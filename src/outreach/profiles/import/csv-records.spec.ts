import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRecord, CsvRecords } from './csv-records.js';
import { LINE_PROBLEMS } from './line-problems.js';
import { LineSplitter } from './line-splitter.js';

function read(file: string | Buffer, limit = 100): CsvRecord[] {
  const lines = new LineSplitter(limit);
  const records = new CsvRecords(limit);
  const taken = [...lines.push(Buffer.from(file)), ...lines.end()].flatMap(
    (line) => records.take(line) ?? [],
  );
  return [...taken, ...[records.end() ?? []].flat()];
}

const cellsOf = (file: string | Buffer, limit?: number): unknown[] =>
  read(file, limit).map((record) => ('cells' in record ? record.cells : record.problem));
const linesOf = (file: string, limit?: number): number[] => read(file, limit).map(({ line }) => line);

describe('CsvRecords', () => {
  it('reads what csv-parse reads of files that are well formed', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '') });
    const quoted = (text: string): string =>
      /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          const file = rows.map((row) => row.map(quoted).join(',') + end).join('');
          const expected: string[][] = parse(file, { relax_column_count: true, record_delimiter: end });
          expect(expected).toEqual(rows);
          expect(cellsOf(file, 10_000)).toEqual(expected);
        },
      ),
    );
  });

  it('knows the line each record begins in', () => {
    expect(linesOf('a\n"b\nb\n\nb",1\n\n\r\nc\n"d"\r\n"e\r\ne"\nf')).toEqual([1, 2, 8, 9, 10, 12]);
  });

  it('keeps carriage returns in quotes, and only there at the end of a line', () => {
    expect(cellsOf('a,b\r\n"c\r\nc",d\r\n,\r\n"x"\r\n')).toEqual([
      ['a', 'b'],
      ['c\r\nc', 'd'],
      ['', ''],
      ['x'],
    ]);
  });

  it('breaks one record by a quote where none may stand', () => {
    const bad = LINE_PROBLEMS.strayQuote;
    expect(cellsOf('5" wide,b\nc,d\n')).toEqual([bad, ['c', 'd']]);
    expect(cellsOf('"a" x,b\nc,"d"\n')).toEqual([bad, ['c', 'd']]);
    expect(cellsOf('a"b"c\n"d"')).toEqual([bad, ['d']]);
    expect(cellsOf('"a"b,"two\nlines"\nc\n')).toEqual([bad, ['c']]);
  });

  it('takes all that follows a quote that is never closed for its record', () => {
    const file = 'a\nb,"c\nd,e\n';
    expect(cellsOf(file)).toEqual([['a'], LINE_PROBLEMS.openQuote]);
    expect(linesOf(file)).toEqual([1, 2]);
    expect(cellsOf('"')).toEqual([LINE_PROBLEMS.openQuote]);
  });

  it('drops records that are too long, of one line or several, and goes on behind them', () => {
    const long = 'x'.repeat(60);
    const tooLong = LINE_PROBLEMS.length;
    expect(cellsOf(`${long}${long}\na`)).toEqual([tooLong, ['a']]);
    expect(cellsOf(`"${long}\n${long}\n${long}",1\na`)).toEqual([tooLong, ['a']]);
    expect(cellsOf(`"${long}${long}\n${long}"\na`)).toEqual([tooLong, ['a']]);
    expect(cellsOf(`"a\n${long}""${long}"\nb`)).toEqual([tooLong, ['b']]);
    expect(linesOf(`a\n"${long}\n${long}\n"\nb`)).toEqual([1, 2, 5]);
  });

  it('breaks a record by bytes that are no UTF-8', () => {
    const file = Buffer.concat([Buffer.from('a,"b\n'), Buffer.from([0xff]), Buffer.from('"\nc\n')]);
    expect(cellsOf(file)).toEqual([LINE_PROBLEMS.encoding, ['c']]);
  });
});
