import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { everythingTaskScript } from '../support/everything-script.ts';
import { installedServer } from '../support/installed-server.ts';
import { expectSameThrough, type Script, type Step } from '../support/server-comparison.ts';

/** No front: a server is compared with itself. */
const launcher: readonly string[] = [];

/** Put before a command, it gives that a network without any interface that is up. */
const offline = ['unshare', '--map-root-user', '--net'];

/** They log at their own time. */
const withoutLog = (message: JsonObject) => (message.method === 'notifications/message' ? null : message);

const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];

/** Lists everything and makes one call. */
const shortScript = (call: Step): Script => ({
  roots: (dir) => [{ uri: `file://${dir}`, name: 'the folder' }],
  steps: [...lists.map((method): Step => ({ name: method, run: (client) => client.ask(method) })), call].map(
    (step) => ({
      ...step,
      tidy: withoutLog,
    }),
  ),
});

describe('A client sees the same of', () => {
  it('Desktop Commander', () =>
    expectSameThrough(
      launcher,
      shortScript({
        name: 'list_directory',
        run: (client, dir) => client.callTool('list_directory', { path: dir }),
      }),
      {
        command: () => [
          ...offline,
          process.execPath,
          join(inject('heavyServersDir'), '@wonderwhy-er/desktop-commander/dist/index.js'),
          '--no-onboarding',
        ],
        env: { DESKTOP_COMMANDER_DISABLE_TELEMETRY: '1' },
        prepare: (dir) => writeFileSync(join(dir, 'a-file.txt'), 'text\n'),
      },
    ));

  it('the MongoDB server', () =>
    expectSameThrough(
      launcher,
      shortScript({
        name: 'list-connections',
        run: (client) => client.callTool('list-connections'),
      }),
      {
        command: () => [
          ...offline,
          process.execPath,
          join(inject('heavyServersDir'), 'mongodb-mcp-server/dist/esm/index.js'),
        ],
        env: { MDB_MCP_TELEMETRY: 'disabled', DO_NOT_TRACK: '1' },
      },
    ));

  it('server-everything, with tasks that take seconds', () =>
    expectSameThrough(launcher, everythingTaskScript, { command: () => installedServer('everything', 'stdio') }));
});
