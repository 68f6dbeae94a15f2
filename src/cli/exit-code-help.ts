import { errorKinds } from '../domain/app-error.ts';

const rows = Object.entries(errorKinds)
  .sort(([, a], [, b]) => a.exitCode - b.exitCode)
  .map(([code, { exitCode, meaning }]) => `  ${String(exitCode).padStart(3)}  ${code.padEnd(14)}  ${meaning}`);

/** The error table, as the command line shows it. */
export const exitCodeHelp = `Exit codes:\n    0  ${'done'.padEnd(14)}  What was asked is done.\n${rows.join('\n')}`;
