import { type FileHandle, open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { SessionEvent } from '../../../../src/domain/agent-session/session-record.ts';
import { createRedactor } from '../../../../src/domain/redact.ts';
import { createEventLog } from '../../../../src/services/state/agent-sessions/event-log.ts';
import { atSecond } from '../../../doubles/agent-sessions.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';
import { linesIn } from './a-session-site.ts';

const aText = (text: string): SessionEvent => ({ at: atSecond(1), type: 'text', text });

/** A file on a disk that is full for the next so many writes: half of each fits. */
async function aFileOnAFullDisk(path: string, failures: number) {
  const file = await open(path, 'wx');
  let left = failures;
  const write = async (bytes: Buffer, from: number, length: number, position: number) => {
    left -= 1;
    if (left < 0) return file.write(bytes, from, length, position);
    await file.write(bytes, from, length >> 1, position);
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  return {
    write: write as FileHandle['write'],
    truncate: (size: number) => file.truncate(size),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

it('Events that a full disk refuses are left out as a whole and counted, and the later ones are written', async () => {
  const path = `${tempFolder()}/events.jsonl`;
  const problems: unknown[] = [];
  const onProblem = (problem: unknown) => problems.push(problem);
  const file = await aFileOnAFullDisk(path, 2);
  const log = createEventLog({ file, redact: createRedactor(new Set()), onProblem });
  log.append(aText('one'));
  log.append(aText('two'));
  await expect.poll(() => problems).toHaveLength(1);
  log.append(aText('three'));
  await expect.poll(() => problems).toHaveLength(2);
  log.append(aText('four'));
  await log.finish();
  await log.finish();
  log.append(aText('five'));
  expect(linesIn(path)).toEqual([aText('four'), { at: expect.any(String), type: 'leftOut', events: 3 }]);
});

it('Events that the disk refuses to the last leave no half of a line, and finishing is tried again', async () => {
  const path = `${tempFolder()}/events.jsonl`;
  const file = await aFileOnAFullDisk(path, 2);
  const log = createEventLog({ file, redact: createRedactor(new Set()), onProblem: () => undefined });
  log.append(aText('a long line that is not written as a whole'));
  await expect(log.finish()).rejects.toThrow('no space left');
  await log.finish();
  expect(linesIn(path)).toEqual([{ at: expect.any(String), type: 'leftOut', events: 1 }]);
});
