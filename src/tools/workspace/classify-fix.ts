import * as z from 'zod';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { isBranchName } from '../../domain/branch-name.ts';
import { printable } from '../../domain/printable-text.ts';
import { stepName } from '../step-name.ts';
import { defineWorkspaceTool, type WorkspaceServices } from './family.ts';

const listedAtMost = 500;
const namedAtMost = 5;
const saidAtMost = 200;

export const classifyFix = defineWorkspaceTool({
  name: 'classify_fix',
  title: 'Classify a fix',
  description:
    'Says how far back a pipeline goes after a fix: a change to a file under classify_fix.path_prefixes asks for a full restart, others for a partial one. Where the changes cannot be read the answer is a full restart too.',
  tags: ['kitchen'],
  needs: [],
  effect: 'changes',
  input: z.object({
    worktree_path: z.string().min(1).describe('The worktree with the fix: an absolute path in one of workspace.roots.'),
    base_branch: z.string().min(1).describe('The branch that it is compared with, as origin has it.'),
    step_name: stepName,
  }),
  output: z.object({
    restart_scope: z.enum(['full_restart', 'partial_restart']),
    reason: z.string().describe('One sentence.'),
    critical_files: z.array(z.string()).describe('The changed files under the prefixes; the first 500.'),
    all_changed_files: z.array(z.string()).describe('The first 500.'),
    critical_count: z.number().int(),
    changed_count: z.number().int(),
  }),
  async handler({ worktree_path: path, base_branch: base }, services, { signal }) {
    if (!isBranchName(base))
      throw new AppError(
        'invalid_input',
        `base_branch ${JSON.stringify(base)} is no name of a branch: give it as git branch shows it, such as main.`,
      );
    try {
      return classify(await readChanges(path, base, services, signal), services.settings.classify_fix.path_prefixes);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isAppError(thrown) || !conservative.has(thrown.code)) throw thrown;
      return {
        ...classify([], []),
        restart_scope: 'full_restart' as const,
        reason: whyUnknown(base, thrown, services.redact),
      };
    }
  },
});

/** What leaves the changes unknown; everything else is a fault of the call or of this program. */
const conservative: ReadonlySet<string> = new Set(['process_failed', 'timed_out', 'not_found', 'unavailable']);

async function readChanges(path: string, base: string, { git, workspace }: WorkspaceServices, signal: AbortSignal) {
  const folder = workspace.folder(path, 'worktree_path');
  await git.fetchBranch(folder, base, signal);
  return git.changedFiles(folder, base, signal);
}

function classify(changed: readonly string[], prefixes: readonly string[]) {
  const critical = changed.filter((file) => prefixes.some((prefix) => file.startsWith(prefix)));
  return {
    restart_scope: critical.length > 0 ? ('full_restart' as const) : ('partial_restart' as const),
    reason: critical.length > 0 ? `Critical files have changed: ${someOf(critical)}.` : noneText(changed, prefixes),
    critical_files: critical.slice(0, listedAtMost),
    all_changed_files: changed.slice(0, listedAtMost),
    critical_count: critical.length,
    changed_count: changed.length,
  };
}

function someOf(files: readonly string[]): string {
  const more = files.length - namedAtMost;
  return files.slice(0, namedAtMost).map(printable).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function noneText(changed: readonly string[], prefixes: readonly string[]): string {
  if (changed.length === 0) return 'No file has changed.';
  if (prefixes.length === 0) return 'classify_fix.path_prefixes in the configuration is empty: no file is critical.';
  return `None of the changed files (${changed.length}) lies under ${prefixes.join(', ')}.`;
}

function whyUnknown(base: string, { message, details }: AppError, redact: WorkspaceServices['redact']): string {
  // Cut last: of a secret that is cut in two, the rest is not known for one.
  const said = printable(redact.text(String(details?.output ?? '')).trim()).slice(-saidAtMost);
  return `The changes since origin/${base} are not known, so everything starts again: ${message}${said === '' ? '' : ` ${said}`}`;
}
