import { type Command, Option } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import { type WrapOption, wrapOptions } from '../../domain/wrap-flags.ts';
import { type ClientEntry, clientEntriesOf } from '../client-entries.ts';
import { examples } from '../help-text.ts';
import { optionNames } from '../option-names.ts';

/** `maitred wrap`. Only the help is here: `main.ts` starts the front, which parses its options itself and loads no text of the help. */
export function addWrapCommand(program: Command): void {
  const command = program
    .command('wrap')
    .summary('put a fast, steady front before any MCP server')
    .description(
      'Starts an MCP server and stands between it and the client. From its second session on, the client gets the complete list of tools at once, however slowly the server starts; early calls wait, and then run. The server is started again when it crashes, and ends with the client.',
    )
    .usage('[options] -- COMMAND ARGS…')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      ...examples(
        'maitred wrap -- npx -y some-server',
        'maitred wrap --warm --client claude-code -- npx -y some-server   # before the first session',
        'maitred wrap --idle 10m --env API_TOKEN=file:token.txt --deny "delete_*" -- npx -y some-server',
      ),
    )
    .addHelpText('after', clientsText)
    .action(() => {
      throw new AppError('invalid_input', '`wrap` must be the first argument: maitred wrap -- npx some-server');
    });
  for (const option of wrapOptions) {
    const [group, description] = descriptions[option.long];
    command.addOption(new Option(optionNames(option), description).helpGroup(groups[group]));
  }
}

const wrapped = { name: 'NAME', command: 'maitred', args: ['wrap', '--', 'npx', '-y', 'some-server'] };

/** How each client starts a wrapped server. */
const clientsText = () => `
Clients: put \`maitred wrap --\` before the command of an existing entry, here \`npx -y some-server\`.
${clientEntriesOf(wrapped).map(clientText).join('')}`;

function clientText({ name, file, fileEntry, addCommand, removeCommand }: ClientEntry): string {
  const after = removeCommand === null ? '' : `, after \`${removeCommand}\``;
  const command = addCommand === null ? '' : `  or${after}:\n    $ ${addCommand}\n`;
  return `\n  ${name}, in ${file}:\n${fileEntry.replace(/^/gm, '    ')}\n${command}`;
}

const groups = {
  process: 'The server process:',
  secrets: 'Its variables:',
  tools: 'Its tools:',
  cache: 'The cached handshake:',
  log: 'Log:',
} as const;

const descriptions: Readonly<Record<WrapOption['long'], readonly [group: keyof typeof groups, text: string]>> = {
  '--name': ['process', 'the name in status, log and inspector (default: the package or script in the command)'],
  '--lazy': ['process', 'start it with the first call, once its handshake is cached'],
  '--idle': [
    'process',
    'stop it after this time without a request: 1s to 24h, such as 10m; the next call starts it again',
  ],
  '--start-timeout': [
    'process',
    'how long it may take to start, and how long a call waits for it: 1s to 1h (default: 60s)',
  ],
  '--retry-idempotent': [
    'process',
    'when it dies in a call of a tool that says it is read-only or idempotent, call it once more',
  ],
  '--env-file': [
    'secrets',
    'set the variables in a file of NAME=value lines; repeatable; Node 20 reads this option too: give an absolute path of a file that exists',
  ],
  '--env': [
    'secrets',
    'set a variable: NAME=file:PATH to the content of a file, "NAME=cmd:PROGRAM ARGS" to what a program prints; repeatable',
  ],
  '--allow': [
    'tools',
    'list and call only tools whose name matches, such as "read_*": * is any text, ? one character; repeatable',
  ],
  '--deny': ['tools', 'neither list nor call tools whose name matches; repeatable, stronger than --allow'],
  '--max-name': [
    'tools',
    'shorten names of more than N characters, 16 to 128; clients often allow 64, with their prefix',
  ],
  '--warm': [
    'cache',
    'cache the handshake (the answers to initialize and the lists) and end: starts the server once for each known kind of client, or for --client alone',
  ],
  '--client': [
    'cache',
    'with --warm: the client that will connect: claude-code, codex, gemini, opencode, inspector or vscode',
  ],
  '--key-env': ['cache', 'cache a handshake for each value of a variable on which the tools depend; repeatable'],
  '--log-calls': ['log', 'write the calls to a file; secrets are redacted'],
  '--log-level': ['log', 'the lowest level to log: DEBUG, INFO, WARNING or ERROR'],
  '--verbose': ['log', 'same as --log-level DEBUG'],
  '--inspect': ['log', 'record the charts from the start, for maitred inspect'],
};
