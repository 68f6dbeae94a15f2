import { readdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** A process that has not ended, read from /proc without the code under test. One that is older than the tests has no mark and no command here. */
export interface SeenProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly sessionId: number;
  readonly startTicks: number;
  readonly state: string;
  /** '' for none, or for one that is hidden. */
  readonly mark: string;
  /** Its arguments with spaces between. */
  readonly command: string;
}

/** How tests poll for what comes soon. */
export const often = { interval: 20 } as const;

const ownStartTicks = Number(textOf('/proc/self/stat').split(') ').at(-1)?.split(' ')[19]);

export function readProcesses(): SeenProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProcess(Number(pid))).filter((seen) => seen !== null);
}

/** null for one that has ended, also for a zombie. */
export function readProcess(pid: number): SeenProcess | null {
  const stat = textOf(`/proc/${pid}/stat`);
  const [state = 'Z', parentPid, , sessionId, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A process without its main thread looks like a zombie, but has threads.
  if ('ZX'.includes(state) && !(Number(fields[13]) > 1)) return null;
  const startTicks = Number(fields[15]);
  const isOld = startTicks < ownStartTicks;
  const marks = isOld ? [] : environmentOf(pid).split('\0');
  return {
    pid,
    parentPid: Number(parentPid),
    sessionId: Number(sessionId),
    startTicks,
    state,
    mark: marks.find((text) => text.startsWith('MAITRED_OWNER='))?.slice('MAITRED_OWNER='.length) ?? '',
    command: isOld ? '' : textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
  };
}

export const isStillThere = ({ pid, startTicks }: Pick<SeenProcess, 'pid' | 'startTicks'>): boolean =>
  readProcess(pid)?.startTicks === startTicks;

const blockingLimitMs = 20_000;

/** Waits and blocks the event loop. */
export function waitBlocking(isTrue: () => boolean, everyMs: number): void {
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  const endsAtMs = performance.now() + blockingLimitMs;
  while (!isTrue() && performance.now() < endsAtMs) Atomics.wait(sleeping, 0, 0, everyMs);
}

/** Processes whose mark contains this text. */
export const bearersOf = (text: string): SeenProcess[] => readProcesses().filter(({ mark }) => mark.includes(text));

/** Processes that descend from a process, are in its session, or have a mark with this text. */
export function familyOf(rootPid: number, markText: string): SeenProcess[] {
  const all = readProcesses();
  const family = new Map<number, SeenProcess>();
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const seen of all) {
      const belongs = seen.pid === rootPid || seen.sessionId === rootPid || seen.mark.includes(markText);
      if (belongs || family.has(seen.parentPid)) family.set(seen.pid, seen);
    }
  }
  return [...family.values()];
}

/** Kills, when the test ends, the processes that have a mark with this text then, and those that are added later. */
export function endWithTheTest(markText: string): { also(processes: readonly SeenProcess[]): void } {
  const added: SeenProcess[] = [];
  onTestFinished(() => {
    const find = () => [...added.filter(isStillThere), ...bearersOf(markText)];
    for (let left = find(), round = 0; left.length > 0 && round < 100; left = find(), round += 1)
      for (const { pid } of left) kill(pid);
  });
  return { also: (processes) => void added.push(...processes) };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

const environmentOf = (pid: number): string =>
  textOf(`/proc/${pid}/environ`) ||
  threadsOf(pid)
    .map((thread) => textOf(`${thread}/environ`))
    .join('');

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
