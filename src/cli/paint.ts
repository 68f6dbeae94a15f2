import { type CliHost, hasColours } from './cli-host.ts';

export type Paint = (style: 'strong' | 'good' | 'bad' | 'warning' | 'faint', text: string) => string;

const codes = { strong: '1', faint: '2', good: '32', warning: '33', bad: '31' } as const;

/** Colours for what goes to stdout, where they are wanted. */
export function paintFor(host: CliHost): Paint {
  if (!hasColours(host.stdout, host.env)) return (_style, text) => text;
  return (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`;
}
