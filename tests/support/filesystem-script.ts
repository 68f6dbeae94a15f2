import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import type { ObservedClient } from './observed-client.ts';
import type { Script, Step } from './server-comparison.ts';

/** Arguments, with the folder of the server for the root `/`. */
type ArgumentsIn = (dir: string) => JsonObject;

const call = (name: string, args: ArgumentsIn = () => ({}), detail = ''): Step => ({
  name: `${name} ${JSON.stringify(args('')).slice(0, 200)} ${detail}`,
  run: (client, dir) => client.callTool(name, args(dir)),
});

/** Files for the script, in the folder of the server. */
export function writeFilesForFilesystem(dir: string): void {
  for (const name of ['first', 'first/deeper', 'second']) mkdirSync(join(dir, name));
  writeFileSync(join(dir, 'first/lines.txt'), 'one\ntwo é€😀\nthree\nfour\n');
  writeFileSync(join(dir, 'first/deeper/a.json'), '{"a": 1}\n');
  writeFileSync(join(dir, 'first/tiny.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
  writeFileSync(join(dir, 'second/other.txt'), 'other\n');
}

/** The server asks for the roots, and does not say when it uses them. */
const untilAllowed = (name: string, change: (client: ObservedClient, dir: string) => Promise<void>): Step => ({
  name: `only ${name} is allowed`,
  async run(client, dir) {
    await change(client, dir);
    const allowed = async () => JSON.stringify(await client.callTool('list_allowed_directories'));
    await expect.poll(allowed, { interval: 5 }).toContain(`:\\n${dir}/${name}"`);
    client.forget();
    await client.callTool('list_allowed_directories');
  },
});

/** Each tool of server-filesystem, and roots that change. Its command line allows the folder `second`. */
export const filesystemScript: Script = {
  roots: (dir) => [{ uri: `file://${dir}/first`, name: 'first' }],
  steps: [
    untilAllowed('first', async () => undefined),
    { name: 'tools/list', run: (client) => client.ask('tools/list') },
    { name: 'resources/list', run: (client) => client.ask('resources/list') },
    call('read_file', (dir) => ({ path: `${dir}/first/lines.txt` })),
    call('read_text_file', (dir) => ({ path: `${dir}/first/lines.txt`, head: 2 })),
    call('read_text_file', (dir) => ({ path: `${dir}/first/lines.txt`, tail: 1 })),
    call('read_media_file', (dir) => ({ path: `${dir}/first/tiny.png` })),
    call('read_multiple_files', (dir) => ({ paths: [`${dir}/first/deeper/a.json`, `${dir}/first/none`] })),
    call('write_file', (dir) => ({ path: `${dir}/first/new.txt`, content: 'é€😀\n'.repeat(20_000) })),
    call('read_text_file', (dir) => ({ path: `${dir}/first/new.txt` })),
    ...[true, false].map((dryRun) =>
      call('edit_file', (dir) => ({
        path: `${dir}/first/lines.txt`,
        edits: [{ oldText: 'three', newText: '3' }],
        dryRun,
      })),
    ),
    call('create_directory', (dir) => ({ path: `${dir}/first/made/below` })),
    call('move_file', (dir) => ({ source: `${dir}/first/new.txt`, destination: `${dir}/first/made/moved.txt` })),
    call('list_directory', (dir) => ({ path: `${dir}/first` })),
    call('list_directory_with_sizes', (dir) => ({ path: `${dir}/first/made` })),
    call('directory_tree', (dir) => ({ path: `${dir}/first` })),
    call('search_files', (dir) => ({ path: `${dir}/first`, pattern: '**/*.json' })),
    call('get_file_info', (dir) => ({ path: `${dir}/first/deeper/a.json` })),
    call('read_text_file', (dir) => ({ path: `${dir}/second/other.txt` })),
    call('read_text_file', (dir) => ({ path: `${dir}/first/none` })),
    call('read_text_file', () => ({})),
    untilAllowed('second', async (client, dir) => {
      client.answers.roots = [{ uri: `file://${dir}/second` }];
      await client.notify('notifications/roots/list_changed');
    }),
    call('read_text_file', (dir) => ({ path: `${dir}/second/other.txt` }), 'once it is allowed'),
  ],
};
