import type { Command } from 'commander';

export interface FoundCommand {
  /** The command as it is typed: `maitred config set`. */
  readonly name: string;
  /** What is to be parsed. */
  readonly args: readonly string[];
}

/**
 * The command that the arguments name. `help config set` asks for the same as `config set --help`; a command that does not exist has no
 * help, so what follows its name is left out, and the parser says that it is unknown.
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
