import { encodeJson } from '../../domain/encode-json.ts';
import { showCommand } from '../../domain/show-command.ts';
import type { InitOutcome } from './init-outcome.ts';

/** What a person should know besides what was written. */
export function remarksOn(outcome: InitOutcome): readonly string[] {
  const remarks = [
    remarkOnConfig(outcome),
    ...outcome.problems,
    remarkOnProgram(outcome),
    ...outcome.projectEntries.map((name) => remarkOnEntry(outcome, name)),
  ];
  return remarks.filter((remark) => remark !== null);
}

function remarkOnConfig({ projectDir, files, given, answers }: InitOutcome): string | null {
  const configFile = `${projectDir}/.maitred/config.yaml`;
  if (!files.some(({ path, outcome }) => path === configFile && outcome === 'kept'))
    return answers.testCommand === null ? `no test command was found: set test_check.command in ${configFile}` : null;
  const changes = [
    given.testCommand === undefined ? [] : ['test_check.command', showCommand(answers.testCommand ?? [])],
    given.repository === undefined ? [] : ['github.default_repo', answers.repository ?? ''],
  ];
  const commands = changes
    .filter((change) => change.length > 0)
    .map((change) => showCommand(['maitred', 'config', 'set', ...change]));
  return commands.length === 0
    ? null
    : `${configFile} was kept, without the given values; to set them, run: ${commands.join(' && ')}`;
}

function remarkOnProgram({ nodeFile, programFile, isOnPath }: InitOutcome): string | null {
  if (programFile.includes('/_npx/'))
    return `${programFile} is in the cache of npx, which may be emptied: install maitred, and run maitred init again`;
  if (isOnPath) return null;
  const alias = `maitred=${showCommand([nodeFile, programFile])}`;
  return `your shell does not find maitred by its name; to define it, run: ${showCommand(['alias', alias])}`;
}

function remarkOnEntry({ projectDir }: InitOutcome, name: string): string {
  const remove = showCommand(['claude', 'mcp', 'remove', name, '--scope', 'project']);
  return `${projectDir}/.mcp.json has maitred already, as ${encodeJson(name)}: with the plugin, Claude Code would start it twice. Leave out the plugin, or remove the entry: ${remove}`;
}
