import { Command, CommanderError } from 'commander';
import { errorKinds, type Fault, toFault } from '../domain/app-error.ts';
import { addCacheCommand } from './cache/cache-command.ts';
import type { CliHost } from './cli-host.ts';
import { addConfigCommand } from './config/config-command.ts';
import { addCookCommand } from './cook/cook-command.ts';
import { BadResult } from './found-faults.ts';
import { examples, exitCodeHelp } from './help-text.ts';
import { addInitCommand } from './init/init-command.ts';
import { addInspectCommand } from './inspect/inspect-command.ts';
import { addOrderCommand } from './order/order-command.ts';
import { addRecipesCommand } from './recipes/recipes-command.ts';
import { addRenderCommand } from './render/render-command.ts';
import { hasColours, writeRemark } from './report.ts';
import { addRunsCommand } from './runs/runs-command.ts';
import { addScenarioCommand } from './scenario/scenario-command.ts';
import { addSchemaCommand } from './schema/schema-command.ts';
import { addServeCommand } from './serve/serve-command.ts';
import { addSessionsCommand } from './sessions/sessions-command.ts';
import { addSkillsCommand } from './skills/skills-command.ts';
import { addStatusCommand } from './status/status-command.ts';
import { addWorkspaceCommand } from './workspace/workspace-command.ts';
import { addWrapCommand } from './wrap/wrap-command.ts';

/** Runs the command in the arguments. Never throws: an error is on stderr and in the exit code. */
export async function runCli(host: CliHost): Promise<void> {
  host.exit(await attempt(host));
}

async function attempt(host: CliHost): Promise<number> {
  const program = programFor(host);
  const { name, args } = findCommand(program, host.argv);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return 0;
      // The help of a group of commands is its own message.
      if (thrown.code !== 'commander.help') writeRemark(host, usageErrorText(thrown, name));
      return errorKinds.invalid_input.exitCode;
    }
    if (thrown instanceof BadResult) return thrown.exitCode;
    const fault = toFault(thrown);
    for (const line of linesOf(fault)) writeRemark(host, line);
    return errorKinds[fault.code].exitCode;
  }
}

/**
 * The command in the arguments, as it is typed (`maitred config set`), and the arguments to parse. `help config set` becomes
 * `config set --help`. What follows an unknown command is left out, so that the parser reports the command and not its options.
 */
function findCommand(program: Command, argv: readonly string[]) {
  const [first, ...rest] = argv;
  const args = first === undefined ? ['--help'] : first === 'help' && rest.length > 0 ? [...rest, '--help'] : argv;
  let command = program;
  let depth = 0;
  for (const word of args) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) break;
    command = next;
    depth += 1;
  }
  const word = args[depth];
  const isUnknown = command.commands.length > 0 && word !== undefined && !/^(-|help$)/.test(word);
  const name = [program.name(), ...args.slice(0, depth)].join(' ');
  return { name, args: isUnknown ? args.slice(0, depth + 1) : args };
}

/** A message is one line, except for the faults of a configuration, which have a line each. */
function linesOf({ message, details }: Fault): readonly string[] {
  return details?.places === undefined ? [message] : message.split('\n');
}

/**
 * The parser's error as one sentence that ends with what to do.
 * @param command as it was typed: `maitred config set`
 */
function usageErrorText({ code, message }: CommanderError, command: string): string {
  const [, what = message, suggestion] = /^(?:error: )?(.*?)(?:\n\((Did you mean .*\?)\))?$/s.exec(message) ?? [];
  const sentence = what
    .replace(/\. Expected (\d+) arguments? but got (\d+)\.$/, ': expected $1, got $2')
    .replace(/\.$/, '');
  // What other programs call it.
  if (command === 'maitred' && /'(version|-v)'$/.test(sentence)) return `${sentence}; did you mean --version?`;
  if (suggestion !== undefined) return `${sentence}; ${suggestion.replace(/^Did/, 'did')}`;
  return `${sentence}; ${code === 'commander.unknownCommand' ? `${command} --help lists the commands` : `see ${command} --help`}`;
}

/** Commands inherit these settings. */
function programFor(host: CliHost): Command {
  const program = new Command('maitred')
    .description('Tools for coding agents over MCP, recipes that run them, and a front for slow MCP servers.')
    .version(host.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // The error is thrown, too.
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns ?? 100,
      getErrHelpWidth: () => host.stderr.columns ?? 100,
      getOutHasColors: () => hasColours(host.stdout, host.env),
      getErrHasColors: () => hasColours(host.stderr, host.env),
    })
    .configureHelp({ styleTitle: (title) => `\u001b[1m${title}\u001b[22m` })
    .addHelpText(
      ...examples('maitred init', 'maitred status', 'maitred wrap -- npx -y some-server', 'maitred inspect --open'),
    )
    .addHelpText('after', `\n${exitCodeHelp}`);
  addInitCommand(program, host);
  addServeCommand(program);
  addWrapCommand(program);
  addCacheCommand(program, host);
  addStatusCommand(program, host);
  addSessionsCommand(program, host);
  addInspectCommand(program, host);
  addScenarioCommand(program, host);
  addConfigCommand(program, host);
  addSchemaCommand(program, host);
  addRenderCommand(program, host);
  addWorkspaceCommand(program, host);
  addSkillsCommand(program, host);
  addRecipesCommand(program, host);
  addOrderCommand(program, host);
  addRunsCommand(program, host);
  addCookCommand(program, host);
  return program;
}
