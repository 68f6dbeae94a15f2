import { describe, expect, it } from 'vitest';
import type { ServerRecord } from '../../../src/domain/server-record.ts';
import { aServerRecord, aStateFolder, plantRecord } from '../../doubles/server-records.ts';
import { runProgram } from '../run-program.ts';

const clientPid = 4_242;
const fromPlugin = { serverId: 'from-plugin', parentPid: clientPid, isFromPlugin: true };
const fromEntry = { serverId: 'from-entry', parentPid: clientPid, isFromPlugin: false };

const inContainer = { pid: 2 ** 30, startTicks: null, bootId: null, pidNamespace: 'another' };
const dead = { ...aServerRecord().process, pid: 2 ** 30 };

async function status(records: readonly Partial<ServerRecord>[]) {
  const folder = aStateFolder();
  for (const record of records) plantRecord(folder, aServerRecord(record));
  const run = async (...args: string[]) =>
    (await runProgram(['status', ...args], { env: { MAITRED_STATE_DIR: folder.dir } })).out;
  return { text: await run(), twice: JSON.parse(await run('--json')).registered_twice };
}

describe('the status of two servers of one client', () => {
  it('says that maitred is registered twice, as plugin and as entry, and which command removes which', async () => {
    const { text, twice } = await status([fromPlugin, fromEntry]);
    expect(text).toContain(
      `\n\nmaitred is registered twice in the client with pid ${clientPid}: its tools are there twice\n`,
    );
    expect(text).toMatch(/^ {2}plugin +pid \d+; to keep only this, run: claude mcp remove maitred$/m);
    expect(text).toMatch(/^ {2}entry +pid \d+; to keep only this, run: claude plugin uninstall maitred@maitred$/m);
    expect(twice).toEqual([
      {
        client_pid: clientPid,
        project: '/home/someone/shop',
        plugin_server: 'from-plugin',
        entry_server: 'from-entry',
        keep_plugin: 'claude mcp remove maitred',
        keep_entry: 'claude plugin uninstall maitred@maitred',
      },
    ]);
  });

  const wrapped = {
    name: 'shop',
    command: 'npx shop',
    state: 'up',
    sinceMs: 0,
    pid: 1,
    starts: 1,
    cause: null,
    stderrTail: '',
    lastFailure: null,
  };
  it.each<[string, readonly Partial<ServerRecord>[]]>([
    ['are of two clients', [fromPlugin, { ...fromEntry, parentPid: 4_243 }]],
    ['are for two projects', [fromPlugin, { ...fromEntry, projectDir: '/home/someone/bakery' }]],
    ['are for two threads of Codex', [fromEntry, { ...fromEntry, serverId: 'of-another-thread' }]],
    ['are one server and the front of another', [fromPlugin, { ...fromEntry, wrapped }]],
    ['are one of the plugin and one of maitred cook', [fromPlugin, { ...fromEntry, isFromCook: true }]],
    ['have lost their client', [fromPlugin, fromEntry].map((record) => ({ ...record, parentPid: 1 }))],
    ['are of an earlier version', [{ serverId: 'one' }, { serverId: 'two' }]],
    ['are in two containers', [fromPlugin, { ...fromEntry, process: inContainer }]],
    ['are one that runs and one that died', [fromPlugin, { ...fromEntry, process: dead }]],
  ])('says nothing if they %s', async (_what, records) => {
    const { text, twice } = await status(records);
    expect({ twice, isSaid: text.includes('twice') }).toEqual({ twice: [], isSaid: false });
  });
});
