import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import { cookVariable } from '../../domain/cook-mark.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { claudeMissing } from '../../services/agents/claude-missing.ts';
import { isOnPath } from '../../services/platform/is-on-path.ts';
import type { CliHost } from '../cli-host.ts';
import { BadResult } from '../found-faults.ts';
import { examples } from '../help-text.ts';
import { projectOption, readProjectConfig } from '../project-config.ts';
import { requirePerson } from '../require-person.ts';
import { orchestratorPrompt } from './orchestrator-prompt.ts';

interface CookOptions {
  readonly printPrompt?: boolean;
  readonly model?: string;
  /** true: Claude Code asks which one. */
  readonly resume?: string | true;
  readonly project?: string;
}

/** `maitred cook`: an interactive session of Claude Code that runs recipes. */
export function addCookCommand(program: Command, host: CliHost): void {
  program
    .command('cook')
    .summary('start Claude Code with the kitchen open, to run recipes')
    .description(
      "Starts Claude Code in the project's folder, with a maitred of its own whose kitchen is open, and with a prompt that says how to run recipes. It ends with Claude Code, and with its exit code.",
    )
    .argument('[ARGS...]', "passed to claude as they are: a first message and, after --, options of claude's")
    .option('--print-prompt', 'print what is added to the system prompt, and start nothing')
    .option('--model <MODEL>', 'the model of the session')
    .option('--resume [SESSION]', 'go on with a session, by its id or name; without one, Claude Code asks which')
    .option(...projectOption)
    .addHelpText(
      'after',
      `
Your own settings of Claude Code count: its permissions, servers, plugins and hooks. Servers called maitred in its
configuration are not started for this session. That of maitred's plugin is, beside this one, and the prompt leaves it
alone; -- --strict-mcp-config starts none but this one. An --append-system-prompt after -- replaces the prompt.`,
    )
    .addHelpText(
      ...examples(
        'maitred cook',
        'maitred cook "run the recipe demo for this project"',
        'maitred cook --resume --model opus -- --permission-mode plan',
        'maitred cook --print-prompt',
      ),
    )
    .action((args: readonly string[], options: CookOptions) => cook(host, args, options));
}

/**
 * @throws AppError `forbidden` where no person is at the terminal, or in a session of an agent; `not_found` without Claude Code; `BadResult` with the
 * exit code of Claude Code, unless that is 0
 */
async function cook(host: CliHost, passedArgs: readonly string[], options: CookOptions): Promise<void> {
  if (options.printPrompt) {
    host.stdout.write(orchestratorPrompt);
    return;
  }
  refuseInsideSession(host);
  const { projectDir, config } = readProjectConfig(host, options.project);
  const file = config.run_skill.claude_path?.replace(/^~(?=\/)/, host.homeDir) ?? 'claude';
  if (!file.includes('/') && !isOnPath(file, host.env.PATH)) throw claudeMissing(file);
  const args = [...argumentsOf(host, projectDir, options), ...passedArgs];
  const exitCode = await host.runOnTerminal({ file, args, cwd: projectDir });
  if (exitCode !== 0) throw new BadResult(exitCode);
}

/** An agent that could start a session with the kitchen open would have one without a person. */
function refuseInsideSession(host: CliHost): void {
  const { CLAUDECODE: claudeCode, MAITRED_HEADLESS: headless } = host.env;
  const inside = claudeCode
    ? 'a session of Claude Code (CLAUDECODE is set)'
    : 'a headless session (MAITRED_HEADLESS=1)';
  if (claudeCode || headless === '1')
    throw new AppError(
      'forbidden',
      `maitred cook starts a session of its own, and cannot run inside ${inside}: run it on your own terminal`,
    );
  requirePerson(host, 'maitred cook');
  // Without a terminal on stdout, Claude Code prints one answer and ends.
  if (host.stdout.isTTY !== true)
    throw new AppError('forbidden', 'maitred cook needs a terminal on stdout, too: run it with nothing redirected');
}

/**
 * Permissions stay with the person: none is given here.
 *
 * Of several servers with one name, Claude Code 2.1.332 starts only that of `--mcp-config`, whatever the configuration of the user, of the
 * project and `.mcp.json` have. So the name `maitred` replaces an entry of maitred, and every other server of the person stays. The server of
 * the plugin has another name (`plugin:maitred:maitred`) and starts too, unless its command is the same to the letter, which it is not; this does
 * no harm, since the prompt names the right tools, and is better than `--strict-mcp-config`, which would take all servers of the person away.
 */
function argumentsOf(host: CliHost, projectDir: string, { model, resume }: CookOptions): readonly string[] {
  const maitred = {
    type: 'stdio',
    command: host.nodeFile,
    args: [resolve(host.programDir, 'maitred.js'), 'serve', '--open-kitchen', '--project', projectDir],
    env: { [cookVariable]: '1' },
  };
  return [
    // Options whose value can be left out, or which take several, must not take what follows for one.
    ...(resume === undefined ? [] : [resume === true ? '--resume' : `--resume=${resume}`]),
    `--mcp-config=${encodeJson({ mcpServers: { maitred } })}`,
    ...(model === undefined ? [] : [`--model=${model}`]),
    '--append-system-prompt',
    orchestratorPrompt,
  ];
}
