import { type ErrorCode, errorKinds } from '../domain/app-error.ts';
import { foundFaultsExitCode } from './found-faults.ts';

/** The arguments of `addHelpText` for lines that people can type. */
export const examples = (...lines: readonly string[]) =>
  ['after', `\nExample:\n${lines.map((line) => `  $ ${line}`).join('\n')}`] as const;

const meanings: Readonly<Record<ErrorCode, string>> = {
  invalid_input: 'An argument, a setting or a file is invalid.',
  not_found: 'Something that the request names does not exist.',
  closed: 'The kitchen is closed. Call open_kitchen first.',
  conflict: 'The request conflicts with a version, a claim or a file.',
  process_failed: 'A program that maitred started has failed.',
  unavailable: 'Something that the request needs is unavailable now.',
  internal: 'A bug in maitred.',
  not_ready: 'Something that the request needs is still starting.',
  forbidden: 'The request is not allowed here.',
  timed_out: 'The work took longer than its limit.',
  cancelled: 'The caller cancelled the request.',
};

const rows = (Object.keys(meanings) as ErrorCode[])
  .map((code) => ({ code, exitCode: errorKinds[code].exitCode }))
  .sort((one, other) => one.exitCode - other.exitCode)
  .map(({ code, exitCode }) => `  ${String(exitCode).padStart(3)}  ${code.padEnd(14)}  ${meanings[code]}`);

export const exitCodeHelp = [
  'Exit codes:',
  `    0  ${'done'.padEnd(14)}  Success.`,
  `  ${String(foundFaultsExitCode).padStart(3)}  ${'faults'.padEnd(14)}  A check found faults, or a run did not succeed; what is wrong is listed.`,
  ...rows,
].join('\n');
