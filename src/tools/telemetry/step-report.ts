import * as z from 'zod';
import { countText } from '../../domain/count-text.ts';
import type { Page } from '../page.ts';

/** The arguments of a tool that reports on the steps of recipes. */
export const reportArguments = {
  clear: z
    .boolean()
    .default(false)
    .describe('Forget the reported figures after this answer; nothing is forgotten while steps are left out.'),
  format: z.enum(['json', 'table']).default('json').describe('json, or table for a Markdown table to show people.'),
  order_id: z
    .string()
    .default('')
    .describe('Report only this order; empty for all. With clear, only this server forgets the figures of the order.'),
};

export const stepName = () =>
  z
    .string()
    .describe('Without the attempt number: plan-2 counts as plan. A session without a step counts under its skill.');

export const skippedLines = () =>
  z.number().int().describe('Unreadable lines of the session index, which are not counted.');

export const leftOutOf = ({ leftOut }: Page, clear: boolean): string | null =>
  leftOut !== null && clear ? `${leftOut} Nothing is forgotten yet.` : leftOut;

/** A table, and below it what is not in it. */
export function tableWithNotes(table: string, leftOut: string | null, skipped: number): string {
  const lines = `${countText(skipped, 'line')} of the session index could not be read and ${skipped === 1 ? 'is' : 'are'} not counted.`;
  const notes = [leftOut, skipped === 0 ? null : lines].filter((note) => note !== null);
  return notes.length === 0 ? table : `${table}\n${notes.join(' ')}\n`;
}

export const secondsOf = (ms: number): number => Math.round(ms) / 1_000;
