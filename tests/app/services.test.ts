import { describe, expect, it, onTestFinished } from 'vitest';
import { createClientConnection } from '../../src/app/client-connection.ts';
import { createClientConnections } from '../../src/app/client-connections.ts';
import type { Host } from '../../src/app/host.ts';
import { createLifecycleView } from '../../src/app/lifecycle-view.ts';
import type { NodeProcess } from '../../src/app/node-process.ts';
import { createServerContext } from '../../src/app/server-context.ts';
import { createServices, createSharedServices } from '../../src/app/services.ts';
import * as work from '../../src/app/work.ts';
import { configSchema } from '../../src/domain/config.schema.ts';
import { noServeFlags } from '../../src/domain/serve-flags.ts';
import { createWorkerRegistry } from '../../src/runners/worker-registry.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

/** A host that never ends by itself. @param load what `work.js` is */
function aHost(load: () => typeof work = () => work): Host {
  const homeDir = tempFolder();
  const workers = createWorkerRegistry();
  onTestFinished(() => workers.leave());
  const context = createServerContext({
    nodeProcess: {
      env: { PATH: process.env.PATH },
      pid: process.pid,
      execPath: process.execPath,
      cwd: () => homeDir,
      memoryUsage: process.memoryUsage,
    } as unknown as NodeProcess,
    files: {
      dir: 'dist',
      load: () => load() as never,
      fetch: () => undefined,
      read: () => '',
      keepCompiledCode: () => undefined,
    },
    homeDir,
    readFlags: () => ({ ...noServeFlags, projectDir: homeDir }),
  });
  return {
    context,
    lifecycle: createLifecycleView(),
    connections: createClientConnections(),
    workers,
    inspection: { record: () => undefined, admit: () => undefined, log: () => undefined, leave: () => undefined },
    send: () => undefined,
    ensureServerRecord: () => undefined,
    clientName: () => null,
    purpose: () => undefined,
  };
}

const program = (host: Host, script: string) => ({
  file: 'bash',
  args: ['-c', script],
  cwd: host.context.place.projectDir,
  env: {},
  timeLimitMs: 60_000,
  outputLimitBytes: 1_000_000,
  tailBytes: 1_000,
});
const { signal } = new AbortController();

describe('The clients of one host', () => {
  it('run programs side by side, each with an output of its own', async () => {
    const host = aHost();
    const shared = createSharedServices(host, configSchema.parse({}), null);
    const clients = ['first', 'second'].map((name) => ({
      name,
      services: createServices(host, createClientConnection(host.context.settings, {}), shared, async () => undefined),
    }));
    const finished = await Promise.all(
      clients.map(({ name, services }) => services.processes.run(program(host, `sleep 0.2; echo ${name}`), { signal })),
    );
    expect(finished.map(({ stdout }) => stdout.text)).toEqual(['first\n', 'second\n']);
  });

  it('have a gate each', async () => {
    const host = aHost();
    const shared = createSharedServices(host, configSchema.parse({}), null);
    const [one, other] = [1, 2].map(() =>
      createServices(host, createClientConnection(host.context.settings, {}), shared, async () => undefined),
    );
    await one?.gate.open();
    expect([one?.gate.isOpen, other?.gate.isOpen]).toEqual([true, false]);
  });
});

it('A background job that could not be submitted leaves the list of jobs readable', () => {
  const host = aHost(() => {
    throw new Error('work.js is gone');
  });
  const { background } = createSharedServices(host, configSchema.parse({}), null);
  expect(() => background.submit({ name: 'a job', timeLimitMs: 1_000, run: async () => undefined })).toThrow('is gone');
  expect(background.running).toEqual([]);
});
