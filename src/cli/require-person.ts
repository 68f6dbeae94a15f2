import { AppError } from '../domain/app-error.ts';
import { ownerVariable } from '../domain/owner-mark.ts';
import type { CliHost } from './cli-host.ts';
import { canPrompt } from './init/prompt.ts';

/**
 * For what only a person may approve. It stops mistakes, not a program that imitates a terminal and hides where it comes from.
 * @param what the command, for errors
 * @throws AppError `forbidden` without a terminal, in a headless session, and below a process that a server started
 */
export function requirePerson(host: CliHost, what: string): void {
  refuse(what, whyNoPerson(host));
}

/** The same in the background: the command that started this one had a person's terminal. */
export function requirePersonBefore(host: CliHost, what: string): void {
  refuse(what, whyOfProgram(host));
}

function refuse(what: string, why: string | null): void {
  if (why !== null) throw new AppError('forbidden', `${what} needs a person${why}`);
}

/** Why no person can be asked here, as the end of a sentence; null: a person can. */
export function whyNoPerson(host: CliHost): string | null {
  return canPrompt(host) ? whyOfProgram(host) : ': run it on a terminal, with nothing redirected';
}

/** Why it is a program that has started this one. */
function whyOfProgram(host: CliHost): string | null {
  if (host.env.MAITRED_HEADLESS === '1')
    return ', and this is a headless session (MAITRED_HEADLESS=1): run it on your own terminal';
  if (host.env[ownerVariable] || host.isStartedByServer())
    return ', and a server started this command: run it on your own terminal';
  return null;
}
