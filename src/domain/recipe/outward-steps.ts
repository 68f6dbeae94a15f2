import type { GraphStep } from './recipe-graph.ts';
import { templatesIn } from './value-template.ts';

/** Tools that push or merge. */
const outwardTools: ReadonlySet<string> = new Set([
  'push_to_remote',
  'merge_worktree',
  'merge_pull_request',
  'toggle_auto_merge',
]);

/** Commands that push or merge. */
const outwardCommand = /\bgit\b[^|;&\n]*\s(?:push|merge)\b|\bgh\s+pr\s+merge\b/;

/** Whether a step pushes or merges: what a person may want to be asked about. */
export function isOutward({ tool, templates: { with: args } }: GraphStep): boolean {
  if (tool === null) return false;
  if (outwardTools.has(tool)) return true;
  if (tool !== 'run_cmd' || args === undefined || !('map' in args)) return false;
  const [, command] = args.map.find(([key]) => key === 'cmd') ?? [];
  if (command === undefined) return false;
  const text = 'literal' in command ? String(command.literal) : (templatesIn(command)[0]?.source ?? '');
  return outwardCommand.test(text);
}
