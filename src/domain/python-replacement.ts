import { encodeJson } from './encode-json.ts';
import type { JsonObject } from './json-object.ts';
import { showCommand } from './show-command.ts';

/** A call that does what a Python function was to do. */
export interface ToolReplacement {
  readonly tool: string;
  readonly args: JsonObject;
  /** What differs, as a sentence; null: nothing that matters. */
  readonly note: string | null;
}

interface Known {
  readonly command: (text: (name: string) => string) => string;
  readonly note: string | null;
}

/** The functions that recipes of other systems call, by their last name. `text` gives an argument, quoted for a shell. */
const known: Readonly<Record<string, Known>> = {
  annotate_pr_diff: {
    command: (text) =>
      `gh pr diff ${text('pr_number')} > ${text('output_dir')}/annotated_diff_${text('pr_number')}.txt`,
    note: 'The diff has its line numbers in the headers of its hunks; there is no file of ranges.',
  },
  fetch_merge_queue_data: {
    command: (text) =>
      `gh api graphql -F owner='{owner}' -F repo='{repo}' -F branch=${text('base_branch')} -f query='${mergeQueueQuery}' > ${text('output_dir')}/merge_queue.json`,
    note: 'A repository without a merge queue gives "mergeQueue": null.',
  },
  compute_domain_partitions: {
    command: (text) =>
      `git diff --name-only ${text('base_branch')}...${text('integration_branch')} | awk -F/ '{print (NF > 1 ? $1 : "."), $0}' | sort > ${text('output_dir')}/domain_partitions.txt`,
    note: 'Each line has the top folder of a changed file, and the file.',
  },
  check_bug_report_non_empty: {
    command: () => `find . -maxdepth 2 -name '*bug*report*' -size +0`,
    note: 'It prints the reports that are not empty.',
  },
  clone_repo: {
    command: (text) => `git clone ${text('source_dir')} ${text('run_name')}`,
    note: 'The clone is made in cwd, and its origin is the source: git remote set-url origin changes that.',
  },
};

const mergeQueueQuery =
  'query($owner:String!,$repo:String!,$branch:String!){repository(owner:$owner,name:$repo){mergeQueue(branch:$branch){entries(first:50){nodes{position state pullRequest{number title}}}}}}';

const isDottedName = (callable: string): boolean =>
  /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)+$/u.test(callable);

/**
 * @param callable the dotted name of a Python function
 * @param place.projectDir where commands run whose arguments name no folder
 * @param place.toolNames the tools that there are
 * @returns null if `callable` is not a dotted name
 */
export function replacementOf(
  callable: string,
  args: JsonObject,
  { projectDir, toolNames }: { readonly projectDir: string; readonly toolNames: readonly string[] },
): ToolReplacement | null {
  if (!isDottedName(callable)) return null;
  const parts = callable.split('.');
  const name = parts.at(-1) ?? '';
  if (toolNames.includes(name)) return { tool: name, args, note: null };
  const runCmd = (cmd: string, note: string | null) => {
    const folder = args.cwd ?? args.workspace;
    return { tool: 'run_cmd', args: { cmd, cwd: typeof folder === 'string' ? folder : projectDir }, note };
  };
  const text = (key: string) => {
    const value = args[key];
    return typeof value === 'string' || typeof value === 'number' ? showCommand([String(value)]) : `<${key}>`;
  };
  const { command, note } = (Object.hasOwn(known, name) ? known[name] : undefined) ?? { command: null, note: null };
  if (command !== null) return runCmd(command(text), note);
  const program = `import json, sys; from ${parts.slice(0, -1).join('.')} import ${name}; print(json.dumps(${name}(**json.loads(sys.argv[1])), default=str))`;
  return runCmd(
    showCommand(['python3', '-c', program, encodeJson(args)]),
    'It runs in the Python of cwd, where the module must be installed.',
  );
}
