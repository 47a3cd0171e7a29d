import { cpus } from 'node:os';
import type { Figure } from './context.js';
import type { DatabaseKind } from './databases.js';

/** The figures of one measurement on one database. */
export interface Result {
  readonly measurement: string;
  readonly database: DatabaseKind;
  readonly seconds: number;
  readonly figures: readonly Figure[];
}

/** Where the figures come from, as far as it matters for reading them. */
export function surroundings(): Record<string, string | number> {
  return { node: process.version, platform: process.platform, cores: cpus().length };
}

/** One result as lines of text, its columns aligned. */
export function table({ measurement, database, seconds, figures }: Result): string {
  const rows = figures.map(({ name, value, unit, target, met }) => [
    name,
    `${value.toLocaleString('en-US')}${unit === undefined ? '' : ` ${unit}`}`,
    target === undefined ? '' : `${target}  ${met === true ? 'met' : 'MISSED'}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([name = '', value = '', target = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${target}`.trimEnd(),
  );
  return [`${measurement} on ${database} (${Math.round(seconds)} s)`, ...lines, ''].join('\n');
}
