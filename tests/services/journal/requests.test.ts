import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Journals } from '../../../src/services/journal/journals.ts';
import { anAnswer, aStart } from '../../doubles/journal-entries.ts';
import { aRecipe, aRun, someJournals } from './some-journals.ts';

/** The runs that an owner was told to look at. */
function watched({ watchRequests }: Pick<Journals, 'watchRequests'>, owner = 'server-a') {
  const runs: string[] = [];
  onTestFinished(watchRequests(owner, (runId) => runs.push(runId)));
  return runs;
}

describe('The living owner of a run', () => {
  it('is known by the run, and a dead one owns nothing', async () => {
    const living = new Set(['server-a']);
    const { ownerOf, run } = await aRun({ isOwnerAlive: (owner) => living.has(owner) });
    expect(ownerOf('run-1')).toBe('server-a');
    living.clear();
    expect(ownerOf('run-1')).toBeNull();
    living.add('server-a');
    await run.release();
    expect(ownerOf('run-1')).toBeNull();
    expect(() => ownerOf('none')).toThrow('There is no run none: ');
  });

  it('is told of an answer and of a request to cancel, and finds them when it looks', async () => {
    const journals = await aRun();
    const { runsDir, run, putAnswer, requestCancel, watchRequests } = journals;
    const found: unknown[] = [];
    const look = async (runId: string) => {
      await run.takeAnswers(async ({ gate }) => void found.push(runId, gate));
      if (run.cancelRequest() !== null) found.push(runId, run.cancelRequest());
    };
    onTestFinished(watchRequests('server-a', (runId) => void look(runId)));
    await putAnswer('run-1', anAnswer('g1'));
    await vi.waitFor(() => expect(found).toEqual(['run-1', 'g1']));
    await requestCancel('run-1', 'somebody');
    await vi.waitFor(() => expect(found).toEqual(expect.arrayContaining(['somebody'])));
    expect(readdirSync(`${runsDir}/.requests`)).toEqual([]);
    expect(statSync(`${runsDir}/.requests`).mode & 0o777).toBe(0o700);
  });

  it('is told of what was left before it watched, only of its own runs, and of nothing after it has stopped', async () => {
    const journals = await aRun();
    const { create, requestCancel, watchRequests, runsDir } = journals;
    await create(aStart({ runId: 'theirs' }), aRecipe, 'server-b');
    for (const runId of ['run-1', 'theirs']) await requestCancel(runId, 'somebody');
    writeFileSync(`${runsDir}/.requests/server-a.not a run`, '');
    const [first, second]: string[][] = [[], []];
    const stop = watchRequests('server-a', (runId) => first?.push(runId));
    expect(first).toEqual([]);
    await vi.waitFor(() => expect(first).toEqual(['run-1']));
    stop();
    onTestFinished(watchRequests('server-a', (runId) => second?.push(runId)));
    await requestCancel('run-1', 'somebody');
    await vi.waitFor(() => expect(second).toEqual(['run-1']));
    expect(first).toEqual(['run-1']);
    expect(readdirSync(`${runsDir}/.requests`).sort()).toEqual(['server-a.not a run', 'server-b.theirs']);
  });

  it('is told of each of many requests', async () => {
    const journals = someJournals();
    const { create, requestCancel } = journals;
    const told = watched(journals);
    const ids = Array.from({ length: 40 }, (_, at) => `run-${at}`);
    await Promise.all(ids.map((runId) => create(aStart({ runId }), aRecipe, 'server-a')));
    await Promise.all(ids.map((runId) => requestCancel(runId, 'somebody')));
    await vi.waitFor(() => expect(new Set(told)).toEqual(new Set(ids)));
  });

  it('is told also after the folder of the requests was removed', async () => {
    const journals = await aRun();
    const told = watched(journals);
    rmSync(`${journals.runsDir}/.requests`, { recursive: true });
    await vi.waitFor(() => expect(existsSync(`${journals.runsDir}/.requests`)).toBe(true));
    await journals.requestCancel('run-1', 'somebody');
    await vi.waitFor(() => expect(told).toContain('run-1'));
  });

  it('is not told where no folder can be made to watch, and the error names it', () => {
    const { runsDir, watchRequests } = someJournals();
    writeFileSync(runsDir, '');
    expect(() => watchRequests('server-a', () => undefined)).toThrow(
      `${runsDir}/.requests cannot be written (ENOTDIR)`,
    );
  });
});

describe('A request to cancel', () => {
  it('keeps who asked first, and is found by the next owner where there is none', async () => {
    const { run, requestCancel, claim, runsDir } = await aRun();
    expect(run.cancelRequest()).toBeNull();
    await run.release();
    for (const who of ['somebody', 'another']) await requestCancel('run-1', who);
    expect(existsSync(`${runsDir}/.requests`)).toBe(false);
    const next = await claim('run-1', 'server-b');
    expect(next.run.cancelRequest()).toBe('somebody');
    await next.run.release();
  });

  it('is not left, and neither is an answer, where the owner cannot be told', async () => {
    const { run, requestCancel, putAnswer, runsDir, dir } = await aRun();
    writeFileSync(`${runsDir}/.requests`, '');
    const refusal = { code: 'unavailable', message: expect.stringContaining('.requests/server-a.run-1') };
    await expect(requestCancel('run-1', 'somebody')).rejects.toMatchObject(refusal);
    await expect(putAnswer('run-1', anAnswer('g1'))).rejects.toMatchObject(refusal);
    expect({ who: run.cancelRequest(), answers: readdirSync(`${dir}/answers`) }).toEqual({ who: null, answers: [] });
  });

  it('that others may have written does not count, and the error names it', async () => {
    const { run, requestCancel, dir } = await aRun();
    await requestCancel('run-1', 'somebody');
    chmodSync(`${dir}/cancel`, 0o666);
    expect(() => run.cancelRequest()).toThrow(`${dir}/cancel is not this user's alone`);
  });

  it('is refused for a run that does not exist', async () => {
    const { requestCancel } = await aRun();
    await expect(requestCancel('none', 'somebody')).rejects.toMatchObject({ code: 'not_found' });
  });
});

it('Requests to dead owners are removed with expired runs, those to living ones stay, and none is listed as a run', async () => {
  const living = new Set(['server-a', 'server-b']);
  const { create, requestCancel, removeExpired, list, runsDir } = await aRun({
    isOwnerAlive: (owner) => living.has(owner),
  });
  await create(aStart({ runId: 'theirs' }), aRecipe, 'server-b');
  for (const runId of ['run-1', 'theirs']) await requestCancel(runId, 'somebody');
  living.delete('server-b');
  expect(await removeExpired({ maxAgeMs: Infinity, maxRuns: 10 }, 'server-c')).toBe(0);
  expect(readdirSync(`${runsDir}/.requests`)).toEqual(['server-a.run-1']);
  expect((await list()).map(({ runId }) => runId)).toEqual(['run-1', 'theirs']);
});
