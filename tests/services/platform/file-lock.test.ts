import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withFileLock } from '../../../src/services/platform/folder-lock.ts';
import { readProcessIdentity } from '../../../src/services/platform/process-identity.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** Leaves the lock of a file as a process does that is killed while it holds it. */
function leaveLock(file: string, holder: string): void {
  mkdirSync(`${file}.lock`);
  writeFileSync(`${file}.lock/${holder}.aB3xY9`, '');
}

describe('The lock of a file', () => {
  it('is beside the file during the work, and is gone afterwards', async () => {
    const dir = tempFolder();
    const seen = await withFileLock(`${dir}/new/file`, async () => readdirSync(`${dir}/new`));
    expect(seen).toEqual(['file.lock']);
    expect(readdirSync(`${dir}/new`)).toEqual([]);
  });

  it('is held by one at a time', async () => {
    const file = `${tempFolder()}/file`;
    let inside = 0;
    const work = async () => {
      inside += 1;
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return inside;
    };
    expect(await Promise.all(Array.from({ length: 10 }, () => withFileLock(file, work)))).toEqual(Array(10).fill(0));
  });

  it.each([
    ['has ended', `${2 ** 30}_1_`],
    ['has the number of another one that lives', `${process.pid}_1_`],
    ['ran before the machine was started again', `${process.pid}__another-boot`],
    ['cannot be parsed', 'somebody'],
    ['has ended in our own pid namespace', `${2 ** 30}_1__${readProcessIdentity(process.pid).pidNamespace ?? ''}`],
  ])('is broken when its process %s', async (_what, holder) => {
    const file = `${tempFolder()}/file`;
    leaveLock(file, holder);
    expect(await withFileLock(file, async () => 'done')).toBe('done');
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('of a process in another pid namespace, which cannot be seen, is broken only when it is old', async () => {
    const file = `${tempFolder()}/file`;
    const holder = `${2 ** 30}_1__another`;
    leaveLock(file, holder);
    const order: string[] = [];
    const taken = withFileLock(file, async () => void order.push('taken'));
    for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    order.push('made old');
    utimesSync(`${file}.lock/${holder}.aB3xY9`, 0, 0);
    await taken;
    expect(order).toEqual(['made old', 'taken']);
  });

  it('names the process that holds it', async () => {
    const file = `${tempFolder()}/file`;
    const { pid, startTicks, bootId, pidNamespace } = readProcessIdentity(process.pid);
    const [holder] = await withFileLock(file, async () => readdirSync(`${file}.lock`));
    expect(holder?.split('.')[0]).toBe(`${pid}_${startTicks ?? ''}_${bootId ?? ''}_${pidNamespace ?? ''}`);
  });
});
