import { expect, it } from 'vitest';
import type { ChildProcesses, FinishedProcess } from '../../../../src/services/platform/process/child-processes.ts';
import { createOwnedCommands } from '../../../../src/services/platform/process/owned-commands.ts';

const nothing = { text: '', sizeBytes: 0, truncatedBytes: 0, file: null };

const finished: FinishedProcess = {
  reason: 'exited',
  exit: { code: 0, signal: null },
  others: 0,
  survivors: [],
  elapsedMs: 1,
  stdout: nothing,
  stderr: nothing,
  isOutputDiskFull: false,
};

const runThatEnds = (outcome: Partial<FinishedProcess>) =>
  createOwnedCommands({ run: async () => ({ ...finished, ...outcome }) })({
    file: 'git',
    args: ['diff'],
    cwd: '/',
    timeLimitMs: 1_000,
  });

it('A short command without output returns empty texts', async () => {
  expect(await runThatEnds({})).toEqual({ exitCode: 0, stdout: '', stderr: '', timedOut: false, isTruncated: false });
});

it('A short command whose output found no room is not taken for one without output', async () => {
  await expect(runThatEnds({ isOutputDiskFull: true })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/disk.*git.*make room/),
  });
});

it('A short command that runs out of time has no exit code, also if it then exits with 0', async () => {
  expect(await runThatEnds({ reason: 'timedOut' })).toMatchObject({ exitCode: null, timedOut: true });
});

it.each([
  ['wrote too much', 'tooMuchOutput', 'process_failed', 'git wrote more than 256 MiB and was ended.'],
  ['wrote on while the disk was low', 'diskLow', 'unavailable', expect.stringContaining('make room')],
] as const)('A short command that %s has failed, also if it then exits with 0', async (_, reason, code, message) => {
  await expect(runThatEnds({ reason })).rejects.toMatchObject({ code, message });
});

it('A short command belongs to what asks for it, and otherwise to whoever has its signal', async () => {
  const asked: unknown[] = [];
  const processes: ChildProcesses = {
    async run(_, { signal, startedBy }) {
      asked.push({ signal, startedBy });
      return finished;
    },
  };
  const { signal } = new AbortController();
  const startedBy = new AbortController().signal;
  const command = { file: 'git', args: ['diff'], cwd: '/', timeLimitMs: 1_000 };
  await createOwnedCommands(processes, startedBy)(command);
  await createOwnedCommands(processes)(command, signal);
  expect(asked).toEqual([
    { signal: expect.any(AbortSignal), startedBy },
    { signal, startedBy: undefined },
  ]);
  expect(asked).not.toContainEqual({ signal: startedBy, startedBy });
});
