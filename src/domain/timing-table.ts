import { durationText } from './duration-text.ts';
import { markdownTable, markdownText } from './markdown-table.ts';
import { printable } from './printable-text.ts';

export interface TimingRow {
  readonly stepName: string;
  readonly totalMs: number;
  readonly invocations: number;
}

/**
 * How long steps took, as a Markdown table for people.
 * @param shown the rows of the table; the total is of all rows
 */
export function timingTable(rows: readonly TimingRow[], shown: readonly TimingRow[] = rows): string {
  const totalMs = rows.reduce((sum, row) => sum + row.totalMs, 0);
  const invocations = rows.reduce((sum, row) => sum + row.invocations, 0);
  return markdownTable(
    ['Step', 'Duration', 'Invocations'],
    [
      ...shown.map((row) => [
        markdownText(printable(row.stepName)),
        durationText(row.totalMs),
        String(row.invocations),
      ]),
      ['Total', durationText(totalMs), String(invocations)].map((text) => `**${text}**`),
    ],
  );
}
