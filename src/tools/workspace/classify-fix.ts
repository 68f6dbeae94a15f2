import * as z from 'zod';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { isBranchName } from '../../domain/branch-name.ts';
import { printable } from '../../domain/printable-text.ts';
import { stepName } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

const maxListedFiles = 500;
const maxNamedFiles = 5;
const maxOutputChars = 200;

export const classifyFix = defineTool({
  name: 'classify_fix',
  title: 'Classify a fix',
  description: `Decides how much of a pipeline runs again after a fix: full_restart if a changed file is under classify_fix.path_prefixes, else partial_restart. Fetches origin/<base_branch> and compares HEAD of the worktree with it, so commit the fix first: uncommitted changes are not seen. If the changes cannot be read, the result is full_restart with the reason. Not for reading the changes: use run_cmd with git diff.
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
  }),
  output: z.object({
    restart_scope: z.enum(['full_restart', 'partial_restart']),
    reason: z.string().describe('Why, in a sentence or two.'),
    critical_files: z.array(z.string()).describe('Changed files under the prefixes; the first 500.'),
    all_changed_files: z.array(z.string()).describe('All changed files; the first 500.'),
    critical_count: z.number().int().describe('Number of changed files under the prefixes.'),
    changed_count: z.number().int().describe('Number of changed files.'),
  }),
  async handler({ worktree_path: path, base_branch: base }, services: Services, { signal }) {
    if (!isBranchName(base))
      throw new AppError(
        'invalid_input',
        `base_branch ${JSON.stringify(base)} is not a branch name. Pass it as git branch shows it, such as main.`,
      );
    try {
      return classify(await readChanges(path, base, services, signal), services.settings.classify_fix.path_prefixes);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isAppError(thrown) || !meansUnknownChanges.has(thrown.code)) throw thrown;
      return {
        ...classify([], []),
        restart_scope: 'full_restart' as const,
        reason: whyUnknown(base, thrown, services.redact),
      };
    }
  },
});

type Services = Pick<ToolServices, 'git' | 'redact' | 'settings' | 'workspace'>;

/** Errors after which the changes are unknown. All others are faults of the call or of this program. */
const meansUnknownChanges: ReadonlySet<string> = new Set(['process_failed', 'timed_out', 'not_found', 'unavailable']);

async function readChanges(path: string, base: string, { git, workspace }: Services, signal: AbortSignal) {
  const folder = workspace.folder(path, 'worktree_path');
  await git.fetchBranch(folder, base, signal);
  return git.changedFiles(folder, base, signal);
}

function classify(changed: readonly string[], prefixes: readonly string[]) {
  const critical = changed.filter((file) => prefixes.some((prefix) => file.startsWith(prefix)));
  return {
    restart_scope: critical.length > 0 ? ('full_restart' as const) : ('partial_restart' as const),
    reason: critical.length > 0 ? `Critical files have changed: ${someOf(critical)}.` : noneText(changed, prefixes),
    critical_files: critical.slice(0, maxListedFiles),
    all_changed_files: changed.slice(0, maxListedFiles),
    critical_count: critical.length,
    changed_count: changed.length,
  };
}

function someOf(files: readonly string[]): string {
  const more = files.length - maxNamedFiles;
  return files.slice(0, maxNamedFiles).map(printable).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function noneText(changed: readonly string[], prefixes: readonly string[]): string {
  if (changed.length === 0) return 'No file has changed.';
  if (prefixes.length === 0) return 'No file is critical: classify_fix.path_prefixes in the configuration is empty.';
  return `None of the changed files (${changed.length}) is under ${prefixes.join(', ')}.`;
}

function whyUnknown(base: string, { message, details }: AppError, redact: Services['redact']): string {
  // Truncated last: half of a secret would not be recognized and redacted.
  const output = printable(redact.text(String(details?.output ?? '')).trim()).slice(-maxOutputChars);
  return `The changes since origin/${base} are unknown, so everything runs again: ${message}${output === '' ? '' : ` ${output}`}`;
}
