import * as z from 'zod';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { isBranchName } from '../../domain/branch-name.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import { shortenText } from '../../domain/shorten-texts.ts';
import { stepName } from '../arguments.ts';
import { type CallScope, defineTool } from '../define-tool.ts';
import { fillPage, type PageOptions, pageArguments, restFields } from '../page.ts';
import type { ToolServices } from '../tool-services.ts';

const maxNamedFiles = 5;
const maxOutputChars = 200;
const fetchLimitSeconds = 30;
const maxNameChars = 200;

export const classifyFix = defineTool({
  name: 'classify_fix',
  title: 'Classify a fix',
  description: `Decides how much of a pipeline runs again after a fix: full_restart if a changed file is under classify_fix.path_prefixes, else partial_restart. Fetches origin/<base_branch> from the network (at most ${fetchLimitSeconds} s; if that fails, its last known state is used) and compares HEAD of the worktree with it, so commit the fix first: uncommitted changes are not seen. If the changes cannot be read, the result is full_restart with the reason. Not for reading the changes: use run_cmd with git diff.
Example: {"worktree_path": "/home/ann/worktrees/fix-cart", "base_branch": "main"}`,
  category: 'Testing & Workspace',
  tags: ['kitchen'],
  needs: [],
  effect: 'changes',
  openWorld: true,
  input: z.object({
    worktree_path: z
      .string()
      .min(1)
      .describe('Worktree that contains the fix: an absolute path within workspace.roots.'),
    base_branch: z.string().min(1).describe('Branch to compare with, without "origin/": main.'),
    step_name: stepName,
    ...pageArguments,
  }),
  output: () =>
    z.object({
      restart_scope: z.enum(['full_restart', 'partial_restart']),
      reason: z.string().describe('Why, in a sentence or two.'),
      critical_files: z.array(z.string()).describe('Changed files under the prefixes, from offset on.'),
      all_changed_files: z.array(z.string()).describe('All changed files, from offset on.'),
      critical_count: z.number().int().describe('Number of changed files under the prefixes.'),
      changed_count: z.number().int().describe('Number of changed files.'),
      base_state: z
        .enum(['fetched', 'last_known'])
        .nullable()
        .describe(
          'What HEAD was compared with: origin/<base_branch> as it is now, or as it was at the last fetch; null if the changes are unknown.',
        ),
      note: z.string().nullable().describe('Why the last known state was used; null if it was not.'),
      ...restFields(),
    }),
  async handler({ worktree_path: path, base_branch: base, ...part }, services: Services, scope) {
    if (!isBranchName(base))
      throw new AppError(
        'invalid_input',
        `base_branch ${encodeJson(base)} is not a branch name. Pass it as git branch shows it, such as main.`,
      );
    let fetchError: AppError | null = null;
    try {
      const folder = services.workspace.folder(path, 'worktree_path');
      fetchError = await fetchBase(folder, base, services, scope);
      scope.report(`comparing HEAD with origin/${base}`);
      const changed = await services.git.changedFiles(folder, base, scope.signal);
      return classify(changed, services.settings.classify_fix.path_prefixes, part, {
        base_state: fetchError === null ? ('fetched' as const) : ('last_known' as const),
        note: fetchError === null ? null : whyLastKnown(base, fetchError, services.redact),
      });
    } catch (thrown) {
      const error = gitErrorOf(thrown, scope.signal);
      return {
        ...classify([], [], part, { base_state: null, note: null }),
        restart_scope: 'full_restart' as const,
        // Without a fetch there is often nothing to compare with: then its error is the cause.
        reason: whyUnknown(base, fetchError ?? error, services.redact),
      };
    }
  },
  adopt: () => ({ state: 'again' }),
});

type Services = Pick<ToolServices, 'git' | 'redact' | 'settings' | 'workspace'>;

/** Failures of git and of the worktree, which have a result. All others are faults of the call or of this program. */
const gitErrors: ReadonlySet<string> = new Set(['process_failed', 'timed_out', 'not_found', 'unavailable']);

/** @throws anything but a failure of git, and the signal's reason when that is aborted */
function gitErrorOf(thrown: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted();
  if (!isAppError(thrown) || !gitErrors.has(thrown.code)) throw thrown;
  return thrown;
}

/** @returns why origin/<base> could not be updated; null if it was */
async function fetchBase(folder: string, base: string, { git }: Services, { signal, report }: CallScope) {
  report(`fetching origin/${base}, for at most ${fetchLimitSeconds} s`);
  try {
    await git.fetchBranch(folder, base, { timeLimitMs: fetchLimitSeconds * 1_000, signal });
    return null;
  } catch (thrown) {
    return gitErrorOf(thrown, signal);
  }
}

function classify(
  changed: readonly string[],
  prefixes: readonly string[],
  part: Pick<PageOptions, 'limit' | 'offset'>,
  base: { readonly base_state: 'fetched' | 'last_known' | null; readonly note: string | null },
) {
  const critical = changed.filter((file) => prefixes.some((prefix) => file.startsWith(prefix)));
  return fillPage({ ...part, length: changed.length, noun: 'changed file' }, ({ of, nextOffset, leftOut }) => ({
    restart_scope: critical.length > 0 ? ('full_restart' as const) : ('partial_restart' as const),
    reason: critical.length > 0 ? `Critical files have changed: ${someOf(critical)}.` : noneText(changed, prefixes),
    critical_files: of(critical),
    all_changed_files: of(changed),
    critical_count: critical.length,
    changed_count: changed.length,
    ...base,
    next_offset: nextOffset,
    left_out: leftOut,
  }));
}

function someOf(files: readonly string[]): string {
  const more = files.length - maxNamedFiles;
  return files.slice(0, maxNamedFiles).map(nameOf).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function noneText(changed: readonly string[], prefixes: readonly string[]): string {
  if (changed.length === 0) return 'No file has changed.';
  if (prefixes.length === 0) return 'No file is critical: classify_fix.path_prefixes in the configuration is empty.';
  return `None of the changed files (${changed.length}) is under ${someOf(prefixes)}.`;
}

const nameOf = (file: string) => printable(shortenText(file, maxNameChars));

const whyUnknown = (base: string, error: AppError, redact: Services['redact']) =>
  `The changes since origin/${base} are unknown, so everything runs again: ${errorText(error, redact)}`;

const whyLastKnown = (base: string, error: AppError, redact: Services['redact']) =>
  `HEAD was compared with origin/${base} as it was at the last fetch, because it could not be fetched now: ${errorText(error, redact)}`;

function errorText({ message, details }: AppError, redact: Services['redact']): string {
  // Truncated last: half of a secret would not be recognized and redacted.
  const output = printable(redact.text(String(details?.output ?? '')).trim()).slice(-maxOutputChars);
  return output === '' ? message : `${message} ${output}`;
}
