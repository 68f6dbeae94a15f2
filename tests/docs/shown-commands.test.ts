import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientEntriesOf } from '../../src/cli/client-entries.ts';
import { runProgram } from '../cli/run-program.ts';

/** The command lines in the shell blocks of a page, without comments. */
const commandLinesIn = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

/** `maitred …` at the start of a line or after a pipe. */
const maitredLinesIn = (page: string): string[] =>
  commandLinesIn(page).flatMap((line) => /(?:^|\| )(maitred .*)$/.exec(line)?.[1] ?? []);

describe('the commands that the documentation shows', () => {
  const guides = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'tools.md');
  it.each(['README.md', ...guides.map((name) => `docs/${name}`)])('exist with their options: %s', async (page) => {
    for (const line of maitredLinesIn(page)) {
      // What follows -- belongs to the wrapped command.
      const [, command = '', ...rest] = line.replace(/ -- .*$/, '').split(' ');
      const isGroup = [
        ...['cache', 'config', 'recipes', 'runs', 'scenario'],
        ...['schema', 'sessions', 'skills', 'workspace'],
      ].includes(command);
      const name = isGroup ? `${command} ${rest[0]}` : command;
      const help = await runProgram([...name.split(' '), '--help']);
      const options = rest.flatMap((word) => /^--(?!help$)[^=]+/.exec(word) ?? []);
      expect({ line, isThere: help.out.startsWith(`Usage: maitred ${name} `), exits: help.exits }).toEqual({
        line,
        isThere: true,
        exits: [0],
      });
      expect({ line, unknown: options.filter((option) => !help.out.includes(` ${option} `)) }).toEqual({
        line,
        unknown: [],
      });
    }
  });

  it('have one form: the name of the program', () => {
    const pages = ['README.md', ...guides.map((name) => `docs/${name}`)];
    expect(pages.filter((page) => commandLinesIn(page).some((line) => line.includes('maitred.js')))).toEqual([]);
  });

  it('add maitred to each client as init prints it', () => {
    const page = readFileSync('docs/clients.md', 'utf8');
    // The page's JSON has blanks.
    const compact = page.replaceAll(/(?<=[{:,[]) | (?=[}\]])/g, '');
    for (const client of clientEntriesOf({ name: 'maitred', command: 'maitred', args: ['serve'] })) {
      expect(page).toContain(`\n## ${client.name}\n`);
      expect(page).toContain(client.addCommand === null ? '' : `\n${client.addCommand}\n`);
      expect(compact).toContain(`\n${client.fileEntry}\n`);
    }
  });
});
