import { errorKinds } from '../domain/app-error.ts';

/** The arguments of `addHelpText` for lines that people can type. */
export const examples = (...lines: readonly string[]) =>
  ['after', `\nExample:\n${lines.map((line) => `  $ ${line}`).join('\n')}`] as const;

const rows = Object.entries(errorKinds)
  .sort(([, a], [, b]) => a.exitCode - b.exitCode)
  .map(([code, { exitCode, meaning }]) => `  ${String(exitCode).padStart(3)}  ${code.padEnd(14)}  ${meaning}`);

export const exitCodeHelp = `Exit codes:\n    0  ${'done'.padEnd(14)}  Success.\n${rows.join('\n')}`;
