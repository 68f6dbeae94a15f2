import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { aToolCall, initializeServer, outputOf, type SpawnedServer, textOf } from '../support/spawned-server.ts';

const startServer = (...args: readonly string[]) =>
  initializeServer({ script: inject('testProgram'), args: ['serve', '--visibility', 'always', ...args] });

const startJob = async (server: SpawnedServer, args: Readonly<Record<string, unknown>>) =>
  expect(textOf(await server.callTool('submit_job', args))).toBe('dispatched');

const runningJobs = async (server: SpawnedServer) =>
  outputOf(await server.callTool('kitchen_status')).background as readonly { readonly name: string }[];

const statusIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

const cleanExit = { code: 0, signal: null };

describe('A background job', () => {
  it('that fails is in the pipeline report until that is cleared, and in one line of the log', async () => {
    const server = await startServer();
    await server.callTool('open_kitchen');
    await startJob(server, { how: 'fails' });
    expect(outputOf(await server.callTool('get_pipeline_report', { clear: true }))).toMatchObject({
      total_failures: 1,
      failures: [
        {
          skill_command: 'job that fails',
          exit_code: -1,
          subtype: 'background_exception',
          needs_retry: false,
          stderr: 'the disk is full: free space',
        },
      ],
    });
    expect(outputOf(await server.callTool('get_pipeline_report'))).toMatchObject({ total_failures: 0 });
    expect(await server.leave()).toEqual(cleanExit);
    const log = readFileSync(server.world.stateFolder.serverLogFile, 'utf8');
    expect(log.match(/background_job_failed/g)).toHaveLength(1);
  });

  it('is in the status while it runs, and is aborted at its time limit', async () => {
    const server = await startServer();
    expect(await runningJobs(server)).toEqual([]);
    await startJob(server, { how: 'listens', seconds: 600 });
    await startJob(server, { how: 'listens', seconds: 0.05 });
    await expect.poll(() => runningJobs(server)).toEqual([{ name: 'job that listens', seconds: expect.any(Number) }]);
    expect(await server.leave()).toEqual(cleanExit);
  });

  it('is complete in its status file if it ends soon after the input of the server, and else cancelled, even if it is deaf', async () => {
    const server = await startServer();
    const statuses = { 'ends soon': 'complete', listens: 'cancelled', 'is deaf': 'cancelled' };
    const fileOf = (how: string) => join(server.world.projectDir, 'reports', `${how}.json`);
    for (const how of Object.keys(statuses)) {
      await startJob(server, { how, status_file: fileOf(how) });
      expect(statusIn(fileOf(how))).toEqual({ status: 'pending', dispatched_at: expect.any(String) });
    }
    expect(await server.leave()).toEqual(cleanExit);
    for (const [how, status] of Object.entries(statuses))
      expect(statusIn(fileOf(how)), how).toMatchObject({ status, completed_at: expect.any(String) });
    expect(existsSync(server.world.stateFolder.lastServerFile)).toBe(true);
  });

  it('is cancelled, also in its status file, when a draining server gets a second signal', async () => {
    const server = await startServer('--set', 'shutdown.drain_ms=60000');
    const file = join(server.world.projectDir, 'status.json');
    await startJob(server, { how: 'listens', status_file: file });
    server.kill('SIGINT');
    await expect.poll(() => server.stderr).toContain('"state":"draining"');
    server.kill('SIGTERM');
    expect(await server.exited()).toEqual(cleanExit);
    expect(statusIn(file)).toMatchObject({ status: 'cancelled' });
  });

  it('is cancelled, also in its status file, when the server crashes', async () => {
    const server = await startServer();
    const file = join(server.world.projectDir, 'status.json');
    await startJob(server, { how: 'listens', status_file: file });
    await server.callTool('break_later');
    expect(await server.exited()).toEqual({ code: 70, signal: null });
    expect(statusIn(file)).toMatchObject({ status: 'cancelled' });
  });

  it('is refused to a call in flight while the server drains', async () => {
    const server = await startServer();
    await server.callTool('kitchen_status');
    server.send(aToolCall('late', 'submit_job', { how: 'listens', while_draining: true }));
    expect(await server.leave()).toEqual(cleanExit);
    expect(outputOf(await server.answerTo('late'))).toMatchObject({
      code: 'unavailable',
      error: expect.stringContaining('job that listens was not started'),
    });
  });
});
