import { AppError } from '../domain/app-error.ts';
import { ownerVariable } from '../domain/owner-mark.ts';
import type { CliHost } from './cli-host.ts';
import { canPrompt } from './init/prompt.ts';

/**
 * For what only a person may approve. It stops mistakes, not a program that imitates a terminal and hides where it comes from.
 * @param what the command, for errors
 * @throws AppError `forbidden` without a terminal, and below a process that a server started
 */
export function requirePerson(host: CliHost, what: string): void {
  if (!canPrompt(host))
    throw new AppError('forbidden', `${what} needs a person: run it on a terminal, with nothing redirected`);
  if (host.env[ownerVariable] || host.isStartedByServer())
    throw new AppError(
      'forbidden',
      `${what} needs a person, and a server started this command: run it on your own terminal`,
    );
}
