import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detachedRunIn, startDetachedRun } from '../../src/app/detached-run.ts';
import type { NodeProcess } from '../../src/app/node-process.ts';
import type { RunWatcher } from '../../src/cli/cli-host.ts';
import { AppError } from '../../src/domain/app-error.ts';
import type { LiveRun } from '../../src/domain/recipe-run/live-run.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

/** Starts a stand-in for the built program in the background. */
function aStart(script: string, ...args: readonly string[]) {
  const dir = tempFolder();
  writeFileSync(`${dir}/maitred.js`, script);
  const nodeProcess = {
    env: { PATH: process.env.PATH, MAITRED_STATE_DIR: `${dir}/state`, MAITRED_OWNER: 'a-server.1' },
    execPath: process.execPath,
    execArgv: [],
    cwd: () => dir,
    on: () => undefined,
    off: () => undefined,
  } as unknown as NodeProcess;
  const started = startDetachedRun(nodeProcess, { homeDir: dir, programDir: dir }, args);
  return { started, outputFile: `${dir}/state/logs/order.log` };
}

const announce = (announcement: string) =>
  `require('fs').writeSync(Number(process.env.MAITRED_ANNOUNCE_FD), JSON.stringify(${announcement}) + '\\n');`;

describe('A run in the background', () => {
  it('gets the arguments, prints to a private log, belongs to no server, and gives its id', async () => {
    const script = `console.log(process.argv.slice(2), process.env.MAITRED_OWNER); ${announce("{ runId: 'a-run' }")}`;
    const { started, outputFile } = aStart(script, 'order', 'smoke');
    expect(await started).toBe('a-run');
    expect(readFileSync(outputFile, 'utf8')).toBe("[ 'order', 'smoke' ] undefined\n");
    expect(statSync(outputFile).mode & 0o777).toBe(0o600);
  });

  it('that cannot begin is refused with what the program in the background says', async () => {
    const fault = `{ fault: { code: 'invalid_input', message: 'no such input', details: { places: [1] } } }`;
    await expect(aStart(announce(fault)).started).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'no such input',
      details: { places: [1] },
    });
  });

  it('whose program ends without a word is refused, with the file that says why', async () => {
    const { started, outputFile } = aStart('process.exit(7)');
    await expect(started).rejects.toMatchObject({
      code: 'unavailable',
      message: `The process in the background ended (7) before the run began: ${outputFile} says why.`,
    });
  });
});

describe('The program in the background', () => {
  /** What it announces. */
  async function announcedBy(run: (watcher: RunWatcher) => Promise<unknown>, watcher: Partial<RunWatcher> = {}) {
    const file = `${tempFolder()}/announced`;
    const env: Record<string, string> = { MAITRED_ANNOUNCE_FD: String(openSync(file, 'w')) };
    const inBackground = detachedRunIn({ env });
    if (inBackground === null) throw new Error('it does not know that it is in the background');
    expect(env).toEqual({});
    const given = { leavesAtGate: false, onStarted: () => undefined, mayStop: () => true, ...watcher };
    await inBackground(run as Parameters<typeof inBackground>[0])(given).catch(() => undefined);
    return readFileSync(file, 'utf8');
  }

  it('announces its run once, and leaves it at a gate', async () => {
    const started: LiveRun[] = [];
    const announced = await announcedBy(
      async ({ onStarted, leavesAtGate }) => {
        expect(leavesAtGate).toBe(true);
        onStarted({ runId: 'a-run' } as LiveRun);
        throw new AppError('internal', 'a defect later on');
      },
      { onStarted: (run) => started.push(run) },
    );
    expect(announced).toBe('{"runId":"a-run"}\n');
    expect(started).toHaveLength(1);
  });

  it.each([
    ['its recipe is refused', () => Promise.reject(new AppError('not_found', 'no such recipe'))],
    ['its host fails', async () => ({ fault: { code: 'not_found', message: 'no such recipe' } })],
  ])('announces why there is no run when %s', async (_, run) => {
    expect(await announcedBy(run)).toBe('{"fault":{"code":"not_found","message":"no such recipe"}}\n');
  });

  it('goes on where nobody waits for its announcement any more', async () => {
    const file = openSync(`${tempFolder()}/announced`, 'w');
    closeSync(file);
    const inBackground = detachedRunIn({ env: { MAITRED_ANNOUNCE_FD: String(file) } });
    const exit = { runId: 'a-run', state: 'succeeded', reason: 'It is done.' } as const;
    const run = inBackground?.(async ({ onStarted }) => {
      onStarted({ runId: 'a-run' } as LiveRun);
      return exit;
    });
    expect(await run?.({ leavesAtGate: false, onStarted: () => undefined, mayStop: () => true })).toEqual(exit);
  });

  it('is in the foreground without the variable', () => {
    expect(detachedRunIn({ env: {} })).toBeNull();
  });
});
