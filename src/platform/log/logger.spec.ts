import { describe, expect, it } from 'vitest';
import { createRootLogger, Log } from './logger.js';

function logging(level: string): { log: Log; written: string[] } {
  const written: string[] = [];
  return { log: new Log(createRootLogger(level, { write: (text) => void written.push(text) })), written };
}

const withoutTime = (line: string): string => line.replace(/"time":"[^"]+"/, '"time":""');

describe('many lines at once', () => {
  it('are the same as one by one, by one write', () => {
    const { log, written } = logging('info');
    const all = [
      { id: 'a', host: 'x "y"\n', count: 1, missing: undefined, none: null },
      { id: 'b', flag: true },
    ];
    for (const fields of all) log.info(fields, 'it "happened"');
    log.infoEach(all, 'it "happened"');
    expect(written).toHaveLength(3);
    const lines = (written[2] ?? '').split(/(?<=\n)/);
    expect(lines.map(withoutTime)).toEqual(written.slice(0, 2).map(withoutTime));
    expect(JSON.parse(lines[0]!).time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('are not written below the level, nor are none', () => {
    const { log, written } = logging('warn');
    log.infoEach([{ id: 'a' }], 'it happened');
    expect(written).toEqual([]);
    const open = logging('info');
    open.log.infoEach([], 'it happened');
    expect(open.written).toEqual([]);
  });
});
