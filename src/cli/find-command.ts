import type { Command } from 'commander';

export interface FoundCommand {
  /** The command as it is typed: `maitred config set`. */
  readonly name: string;
  /** The arguments to parse. */
  readonly args: readonly string[];
}

/**
 * The command in the arguments. `help config set` becomes `config set --help`. What follows an unknown command is left out, so that the
 * parser reports the command and not its options.
 */
export function findCommand(program: Command, argv: readonly string[]): FoundCommand {
  const [first, ...rest] = argv;
  const args = first === undefined ? ['--help'] : first === 'help' && rest.length > 0 ? [...rest, '--help'] : argv;
  let command = program;
  let depth = 0;
  for (;;) {
    const next = command.commands.find((candidate) => candidate.name() === args[depth]);
    if (next === undefined) break;
    command = next;
    depth += 1;
  }
  const word = args[depth];
  const isUnknown = command.commands.length > 0 && word !== undefined && !/^(-|help$)/.test(word);
  return {
    name: [program.name(), ...args.slice(0, depth)].join(' '),
    args: isUnknown ? args.slice(0, depth + 1) : args,
  };
}
