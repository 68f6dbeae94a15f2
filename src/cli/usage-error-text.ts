import type { CommanderError } from 'commander';

/**
 * What the parser has against the arguments, as one sentence that ends with the mend; null where it has said something itself.
 * @param command the command that was asked for: `maitred config set`
 */
export function usageErrorText({ code, message }: CommanderError, command: string): string | null {
  // The help of a group of commands, for want of a command.
  if (code === 'commander.help') return null;
  const [, what = message, suggestion] = /^(?:error: )?(.*?)(?:\n\((Did you mean .*\?)\))?$/s.exec(message) ?? [];
  const sentence = what
    .replace(/\. Expected (\d+) arguments? but got (\d+)\.$/, ': $2 instead of $1')
    .replace(/\.$/, '');
  if (suggestion !== undefined) return `${sentence}; ${suggestion.replace(/^Did/, 'did')}`;
  return `${sentence}; ${command} --help ${code === 'commander.unknownCommand' ? 'lists the commands' : 'says what it takes'}`;
}
