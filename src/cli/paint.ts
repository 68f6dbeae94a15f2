import type { CliHost, TextOutput } from './cli-host.ts';

export type Paint = (style: 'strong' | 'good' | 'bad' | 'warning' | 'faint', text: string) => string;

const codes = { strong: '1', faint: '2', good: '32', warning: '33', bad: '31' } as const;

/** Colours for stdout, or none. */
export function paintFor(host: CliHost): Paint {
  if (!hasColours(host.stdout, host.env)) return (_style, text) => text;
  return (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`;
}

/** Only a terminal has colours, unless NO_COLOR is set (https://no-color.org). */
export function hasColours(output: TextOutput, env: CliHost['env']): boolean {
  return output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
