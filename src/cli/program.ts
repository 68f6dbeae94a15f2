import { Command, CommanderError } from 'commander';
import { errorKinds, type Fault, toFault } from '../domain/app-error.ts';
import { printable } from '../domain/printable-text.ts';
import { type CliHost, hasColours } from './cli-host.ts';
import { addConfigCommand } from './config/config-command.ts';
import { exitCodeHelp } from './exit-code-help.ts';
import { findCommand } from './find-command.ts';
import { addInitCommand } from './init/init-command.ts';
import { addInspectCommand } from './inspect/inspect-command.ts';
import { addRenderCommand } from './render/render-command.ts';
import { addSchemaCommand } from './schema/schema-command.ts';
import { addServeCommand } from './serve/serve-command.ts';
import { addStatusCommand } from './status/status-command.ts';
import { usageErrorText } from './usage-error-text.ts';
import { addWorkspaceCommand } from './workspace/workspace-command.ts';

const usageExitCode = errorKinds.invalid_input.exitCode;

/** Does what the arguments ask. Never throws: what goes wrong is said on stderr and in the exit code. */
export async function runCli(host: CliHost): Promise<void> {
  const run = { isServing: false };
  const exitCode = await attempt(host, run);
  if (!run.isServing) host.exit(exitCode);
}

async function attempt(host: CliHost, run: { isServing: boolean }): Promise<number> {
  const program = programFor(host, run);
  const { name, args } = findCommand(program, host.argv);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return 0;
      const text = usageErrorText(thrown, name);
      if (text !== null) host.stderr.write(`maitred: ${printable(text)}\n`);
      return usageExitCode;
    }
    const fault = toFault(thrown);
    for (const line of faultLines(fault)) host.stderr.write(`maitred: ${printable(line)}\n`);
    run.isServing = false;
    return errorKinds[fault.code].exitCode;
  }
}

/** A message is one line, but for a configuration's, which has one for each place. */
function faultLines({ message, details }: Fault): readonly string[] {
  return details?.places === undefined ? [message] : message.split('\n');
}

function programFor(host: CliHost, run: { isServing: boolean }): Command {
  const program = new Command('maitred')
    .description('An MCP server that is there at once, and runs coding-agent pipelines as statecharts.')
    .version(host.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // The error itself is thrown, too.
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns ?? 100,
      getErrHelpWidth: () => host.stderr.columns ?? 100,
      getOutHasColors: () => hasColours(host.stdout, host.env),
      getErrHasColors: () => hasColours(host.stderr, host.env),
    })
    .configureHelp({ styleTitle: (title) => `\u001b[1m${title}\u001b[22m` })
    .addHelpText('after', `\nExample:\n  $ maitred init\n  $ maitred status\n\n${exitCodeHelp}`);
  addInitCommand(program, host);
  addServeCommand(program, host, run);
  addStatusCommand(program, host);
  addInspectCommand(program, host);
  addConfigCommand(program, host);
  addSchemaCommand(program, host);
  addRenderCommand(program, host);
  addWorkspaceCommand(program, host);
  return program;
}
