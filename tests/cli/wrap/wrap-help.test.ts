import { describe, expect, it } from 'vitest';
import { clientEntriesOf } from '../../../src/cli/client-entries.ts';
import { describeUnknownOption } from '../../../src/domain/unknown-option.ts';
import { parseWrapFlags, wrapOptions } from '../../../src/domain/wrap-flags.ts';
import { runProgram } from '../run-program.ts';

const helpOfWrap = async () => (await runProgram(['wrap', '--help'])).out;

/** The text from one line of the help to the next empty one. */
const paragraphFrom = (help: string, start: string): string =>
  help.slice(help.indexOf(start)).split('\n\n', 1)[0] ?? '';

describe('the help of wrap', () => {
  it('shows every option with its placeholder and what it does, in groups', async () => {
    const help = await helpOfWrap();
    for (const { long, placeholder } of wrapOptions) {
      const name = placeholder === undefined ? long : `${long} <${placeholder}>`;
      const [row = ''] = help.split('\n').filter((line) => /^ {2}-/.test(line) && `${line} `.includes(`${name} `));
      expect(row).toMatch(/ {2}[a-z"].+$/);
    }
    for (const group of ['server process', 'variables', 'tools', 'cached handshake'])
      expect(help).toMatch(new RegExp(`^[A-Z][a-z]+ ${group}:$`, 'm'));
  });

  it('has for each client the file, the entry and the command of a wrapped server', async () => {
    const help = await helpOfWrap();
    const args = ['wrap', '--', 'npx', '-y', 'some-server'];
    for (const client of clientEntriesOf({ name: 'NAME', command: 'maitred', args })) {
      const text = `${paragraphFrom(help, `${client.name}, in ${client.file}:`).trimEnd()}\n`;
      for (const line of client.fileEntry.split('\n')) expect(text).toContain(`\n    ${line}\n`);
      if (client.addCommand !== null) expect(text).toContain(`\n    $ ${client.addCommand}\n`);
      else expect(text).not.toContain('$');
    }
  });

  it('has examples that wrap accepts', async () => {
    const lines = [...(await helpOfWrap()).matchAll(/^ {2}\$ maitred wrap (.*?)(?: {3}#.*)?$/gm)];
    expect(lines.length).toBeGreaterThan(1);
    for (const [, line = ''] of lines) {
      const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
      expect(parseWrapFlags(words, describeUnknownOption)).toMatchObject({ file: 'npx', args: ['-y', 'some-server'] });
    }
  });

  it('is on one line in the list of commands', async () => {
    expect((await runProgram(['--help'])).out).toMatch(/^ {2}wrap \[options\] .*MCP server$/m);
  });
});

it('The command line does not wrap: a front is started before any command is parsed', async () => {
  expect(await runProgram(['--', 'wrap', '--', 'npx', 'some-server'])).toEqual({
    out: '',
    err: 'maitred: `wrap` must be the first argument: maitred wrap -- npx some-server\n',
    exits: [2],
  });
});
