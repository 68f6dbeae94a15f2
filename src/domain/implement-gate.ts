import { resolve } from 'node:path';
import { AppError } from './app-error.ts';
import { parseSkillCommand } from './skill-command.ts';

/** The gate in front of skills that implement a plan: they get only plans that begin with the marker. */
export interface ImplementGate {
  /** `implement-worktree`, `/implement-worktree` and `/maitred:implement-worktree` are the same. */
  readonly skillNames: readonly string[];
  /** The first line of a plan that has been verified. */
  readonly marker: string;
}

/**
 * Rejects a command that implements a plan which has not been verified. All arguments together are the path of the plan, perhaps in quotes.
 * @param readText the text of a file; null where there is none
 * @throws AppError `invalid_input` without a path, `not_found` without a file, `forbidden` without the marker; each says what to do
 */
export function requireVerifiedPlan(
  command: string,
  { skillNames, marker }: ImplementGate,
  cwd: string,
  readText: (path: string) => string | null,
): void {
  const { name, args } = parseSkillCommand(command);
  if (!skillNames.some((gated) => withoutNamespace(gated) === name)) return;
  const given = withoutQuotes(args);
  if (given === '')
    throw new AppError('invalid_input', `/${name} needs the path of a plan: /${name} .maitred/temp/make-plan/plan.md`);
  const path = resolve(cwd, given);
  const text = readText(path);
  if (text === null)
    throw new AppError(
      'not_found',
      `the plan of /${name} cannot be read at ${path}; give its path alone, absolute or relative to the cwd ${cwd}`,
    );
  const [firstLine = ''] = text.split('\n', 1);
  // This also removes a byte order mark.
  if (firstLine.trim() === marker) return;
  const fix = `run /dry-walkthrough ${given} first, which verifies the plan and writes the line`;
  throw new AppError('forbidden', `the plan ${path} has not been verified: its first line is not "${marker}"; ${fix}`);
}

const withoutNamespace = (name: string) => name.replace(/^\/?(?:[\w-]+:)?/, '');

/** The text in quotes at the start, or the first line. */
function withoutQuotes(args: string): string {
  const [, , quoted, line = ''] = /^(?:(["'`])(.*?)\1|(.*))/.exec(args) ?? [];
  return (quoted ?? line).trim();
}
