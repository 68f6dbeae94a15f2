import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/domain/json-object.ts';
import { everythingTaskScript } from '../support/everything-script.ts';
import { installedServer } from '../support/installed-server.ts';
import { expectSameThrough, type Script, type Step } from '../support/server-comparison.ts';

const launcher = (): readonly string[] => [process.execPath, join(inject('programDir'), 'maitred.js'), 'wrap', '--'];

/** Put before a command, it gives that a network without any interface that is up. */
const offline = ['unshare', '--map-root-user', '--net'];

/** They log at their own time. */
const withoutLog = (message: JsonObject) => (message.method === 'notifications/message' ? null : message);

const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];

/** A server that does not say whether its lists change: the front says that they may. */
function withListChanges({ result, ...message }: JsonObject): JsonObject {
  const { capabilities, ...rest } = result as JsonObject;
  const declared = Object.entries(capabilities as JsonObject).map(([name, value]) => [
    name,
    ['tools', 'prompts', 'resources'].includes(name) && isJsonObject(value) ? { ...value, listChanged: true } : value,
  ]);
  return { ...message, result: { ...rest, capabilities: Object.fromEntries(declared) } };
}

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

describe.each([
  ['first', false],
  ['second', true],
])('In its %s session a client sees the same of', (_, isKnown) => {
  it('Desktop Commander', () =>
    expectSameThrough(
      launcher(),
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
        isKnown,
        changeHandshake: withListChanges,
        env: { DESKTOP_COMMANDER_DISABLE_TELEMETRY: '1' },
        prepare: (dir) => writeFileSync(join(dir, 'a-file.txt'), 'text\n'),
      },
    ));

  it('the MongoDB server', () =>
    expectSameThrough(
      launcher(),
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
        isKnown,
        env: { MDB_MCP_TELEMETRY: 'disabled', DO_NOT_TRACK: '1' },
      },
    ));

  it('server-everything, with tasks that take seconds', () =>
    expectSameThrough(launcher(), everythingTaskScript, {
      isKnown,
      command: () => installedServer('everything', 'stdio'),
    }));
});
