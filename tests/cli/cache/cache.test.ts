import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../../src/domain/app-error.ts';
import { stateFolderAt } from '../../../src/domain/state-folder.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { runProgram } from '../run-program.ts';
import { plantFile, plantHandshake } from './plant-handshake.ts';

const hourMs = 3_600_000;
const first = '3f00000000000001';
const second = '3fa0000000000002';
const third = 'b000000000000003';

function aCache() {
  const stateDir = tempFolder();
  const dir = stateFolderAt(stateDir).handshakesDir;
  const run = (...args: string[]) => runProgram(['cache', ...args], { env: { MAITRED_STATE_DIR: stateDir } });
  return { stateDir, dir, run };
}

function aFullCache() {
  const cache = aCache();
  plantHandshake(cache.stateDir, { key: first, ageMs: 3 * hourMs });
  plantHandshake(cache.stateDir, {
    key: second,
    command: 'uvx other-server',
    ageMs: 2 * hourMs,
    handshake: {
      initialize: { protocolVersion: '2025-06-18', serverInfo: { name: 'other', version: '' } },
      lists: {
        tools: [{ name: 'add' }, { name: 'ring\u001b[2J' }],
        prompts: [{ name: 'greet' }],
        resources: [{ name: 'a', uri: 'file:///a' }],
        resourceTemplates: [{ name: 'any', uriTemplate: 'file:///{path}' }],
      },
    },
  });
  plantHandshake(cache.stateDir, { key: third, ageMs: hourMs });
  return cache;
}

/** Without seconds and bytes, which differ from run to run. */
const steady = (text: string) => text.replace(/\d+ min ago/g, 'N min ago').replace(/[\d.]+ (B|KiB)/g, 'N B');

describe('cache list', () => {
  it('shows what is cached for which command, newest first', async () => {
    const { out, err, exits } = await aFullCache().run('list');
    expect(steady(out)).toBe(
      [
        `${third}: npx -y shop-server`,
        '  in /home/me/project, for claude-code with protocol 2025-11-25',
        '  shop 1.2.0: no tools; N B, saved 1 h N min ago',
        `${second}: uvx other-server`,
        '  in /home/me/project, for claude-code with protocol 2025-06-18',
        '  other: 2 tools, 1 prompt, 1 resource, 1 resource template; N B, saved 2 h N min ago',
        `${first}: npx -y shop-server`,
        '  in /home/me/project, for claude-code with protocol 2025-11-25',
        '  shop 1.2.0: no tools; N B, saved 3 h N min ago',
        '',
      ].join('\n'),
    );
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
  });

  it('prints the same as JSON', async () => {
    const { run, dir } = aFullCache();
    const { out, exits } = await run('list', '--json');
    const { entries, unreadable } = JSON.parse(out);
    expect(entries).toMatchObject([{ key: third }, { key: second }, { key: first }]);
    expect(entries[1]).toEqual({
      key: second,
      path: `${dir}/${second}.json`,
      command: 'uvx other-server',
      folder: '/home/me/project',
      client: 'claude-code',
      protocol_version: '2025-06-18',
      server_name: 'other',
      server_version: '',
      tools: 2,
      prompts: 1,
      resources: 1,
      resource_templates: 1,
      bytes: expect.any(Number),
      saved_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect({ unreadable, exits }).toEqual({ unreadable: [], exits: [0] });
  });

  it('says that nothing is cached, and how to change that', async () => {
    const { run } = aCache();
    expect(await run('list')).toEqual({
      out: 'No handshake is cached. maitred wrap --warm -- COMMAND caches one.\n',
      err: '',
      exits: [0],
    });
    expect(JSON.parse((await run('list', '--json')).out)).toEqual({ entries: [], unreadable: [] });
  });

  it('names files that are not handshakes, and lists the others', async () => {
    const { run, stateDir } = aFullCache();
    const path = plantFile(stateDir, 'c000000000000004.json', 'not JSON');
    const { out, err, exits } = await run('list');
    expect(out.match(/^[0-9a-f]{16}/gm)).toEqual([third, second, first]);
    expect(err).toMatch(new RegExp(`^maitred: ignored: ${path} .+\n$`));
    expect(exits).toEqual([0]);
  });

  it('rejects a state folder of another version', async () => {
    const { run, stateDir } = aFullCache();
    writeFileSync(stateFolderAt(stateDir).formatFile, '99\n');
    for (const args of [['list'], ['show', first], ['clear']])
      expect(await run(...args)).toMatchObject({ out: '', exits: [errorKinds.conflict.exitCode] });
  });
});

describe('cache show', () => {
  it('shows what a client gets, for a key or the beginning of one', async () => {
    const { run, dir } = aFullCache();
    const text = [
      `${second}: uvx other-server`,
      '  server     other',
      '  folder     /home/me/project',
      '  client     claude-code, protocol 2025-06-18',
      '  saved      TIME',
      `  file       ${dir}/${second}.json, N B`,
      '',
      'tools: 2',
      '  add',
      '  ring\\u001b[2J',
      '',
      'prompts: 1',
      '  greet',
      '',
      'resources: 1',
      '  file:///a',
      '',
      'resource templates: 1',
      '  file:///{path}',
      '',
    ].join('\n');
    for (const key of [second, '3fa', '3FA']) {
      const { out, err, exits } = await run('show', key);
      expect(steady(out).replace(/\d{4}-.*Z/, 'TIME')).toBe(text);
      expect({ err, exits }).toEqual({ err: '', exits: [0] });
    }
  });

  it('prints as JSON what the server answered', async () => {
    const { out } = await aFullCache().run('show', '3fa', '--json');
    expect(JSON.parse(out)).toMatchObject({
      key: second,
      command: 'uvx other-server',
      handshake: {
        initialize: { protocolVersion: '2025-06-18', serverInfo: { name: 'other', version: '' } },
        lists: {
          tools: [{ name: 'add' }, { name: 'ring\u001b[2J' }],
          resourceTemplates: [{ uriTemplate: 'file:///{path}' }],
        },
      },
    });
  });

  it.each([
    [
      '3f',
      `"3f" is the beginning of several keys: ${second}, ${first}; give more characters of the key`,
      'invalid_input',
    ],
    ['c', 'no cached handshake has the key "c"; maitred cache list shows the keys', 'not_found'],
    ['', 'no cached handshake has the key ""; maitred cache list shows the keys', 'not_found'],
    ['3fb0', `no cached handshake has the key "3fb0"; did you mean ${second}?`, 'not_found'],
    ['b00000000000003', `no cached handshake has the key "b00000000000003"; did you mean ${third}?`, 'not_found'],
    ['\u001b', 'no cached handshake has the key "\\u001b"; maitred cache list shows the keys', 'not_found'],
  ] as const)('says what is wrong with the key %j', async (key, words, code) => {
    const wrong = { out: '', err: `maitred: ${words}\n`, exits: [errorKinds[code].exitCode] };
    const { run, dir } = aFullCache();
    expect(await run('show', key)).toEqual(wrong);
    expect(await run('clear', third, key)).toEqual(wrong);
    expect(readdirSync(dir)).toHaveLength(3);
  });
});

describe('cache clear', () => {
  it('removes all cached handshakes without asking, and says how many and how large they were', async () => {
    const { run, dir } = aFullCache();
    const { out, err, exits } = await run('clear');
    expect(steady(out)).toBe(
      [
        'cached handshakes: 3 files, N B removed',
        `  ${first}: npx -y shop-server`,
        `  ${second}: uvx other-server`,
        `  ${third}: npx -y shop-server`,
        '',
      ].join('\n'),
    );
    expect({ err, exits, left: readdirSync(dir) }).toEqual({ err: '', exits: [0], left: [] });
    expect(await run('clear')).toEqual({ out: 'Nothing to remove.\n', err: '', exits: [0] });
  });

  it('removes those that are named, by their keys or the beginnings of these', async () => {
    const { run, dir } = aFullCache();
    const { out, exits } = await run('clear', 'b', '3f0', '--json');
    const { removed, bytes, failed } = JSON.parse(out);
    expect(removed).toMatchObject([{ key: first }, { key: third }]);
    expect(bytes).toBe(removed[0].bytes + removed[1].bytes);
    expect({ failed, exits, left: readdirSync(dir) }).toEqual({ failed: [], exits: [0], left: [`${second}.json`] });
  });

  it('leaves other files of the state folder', async () => {
    const { run, stateDir } = aFullCache();
    const { logsDir, serverLogFile } = stateFolderAt(stateDir);
    mkdirSync(logsDir);
    writeFileSync(serverLogFile, '');
    await run('clear');
    expect(existsSync(serverLogFile)).toBe(true);
  });
});
