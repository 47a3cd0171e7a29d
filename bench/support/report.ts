import { cpus } from 'node:os';
import type { Figure } from './context.js';
import type { DatabaseKind } from './databases.js';

/** The figures of one measurement on one database. */
export interface Result {
  readonly measurement: string;
  readonly database: DatabaseKind;
  readonly seconds: number;
  readonly figures: readonly Figure[];
  /** Why there are no figures, where there are none. */
  readonly skipped?: string;
  readonly failed?: string;
}

/** Where the figures come from, as far as it matters for reading them. */
export function surroundings(): Record<string, string | number> {
  return { node: process.version, platform: process.platform, cores: cpus().length };
}

/** One result as lines of text, its columns aligned. */
export function table({ measurement, database, seconds, figures, skipped, failed }: Result): string {
  if (skipped !== undefined) return `${measurement} on ${database}: ${skipped}\n`;
  const title = `${measurement} on ${database} (${Math.round(seconds)} s)`;
  if (failed !== undefined) return `${title}\n  FAILED: ${failed}\n`;
  const rows = figures.map((figure) => [figure.name, amount(figure), verdict(figure)]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([name = '', value = '', target = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${target}`.trimEnd(),
  );
  return [title, ...lines, ''].join('\n');
}

/** How many targets were met, and which were not. */
export function summary(results: readonly Result[]): string {
  const judged = results.flatMap(({ measurement, database, figures }) =>
    figures
      .filter(({ met }) => met !== undefined)
      .map((figure) => ({ met: figure.met, line: `  ${measurement} on ${database}: ${figure.name}` })),
  );
  const missed = judged.filter(({ met }) => !met);
  const failed = results.filter((result) => result.failed !== undefined);
  return [
    `${judged.length - missed.length} of ${judged.length} targets met${missed.length > 0 ? '; not:' : ''}`,
    ...missed.map(({ line }) => line),
    ...failed.map(({ measurement, database }) => `  ${measurement} on ${database} failed`),
  ].join('\n');
}

function amount({ value, unit }: Figure): string {
  return `${value.toLocaleString('en-US')}${unit === undefined ? '' : ` ${unit}`}`;
}

function verdict({ target, met, note }: Figure): string {
  const words = met === undefined ? '' : met ? 'met' : 'MISSED';
  return [target, words, note === undefined ? '' : `(${note})`].filter(Boolean).join('  ');
}
