import { readdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** A process that has not ended, as /proc shows it: read without the program's own finder. */
export interface SeenProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly sessionId: number;
  readonly startTicks: number;
  readonly state: string;
  /** '' for none, or for none to be seen. */
  readonly mark: string;
  /** Its arguments with spaces between. */
  readonly command: string;
}

/** How long tests wait for what comes for certain. */
export const patience = { timeout: 15_000, interval: 20 } as const;

export function lookAtProcesses(): SeenProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => lookAt(Number(pid))).filter((seen) => seen !== null);
}

/** null for one that has ended, also where its parent has not heard of it yet. */
export function lookAt(pid: number): SeenProcess | null {
  const stat = textOf(`/proc/${pid}/stat`);
  const [state = 'Z', parentPid, , sessionId, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Without its main thread a process looks like one that has ended, but for the threads that it still has.
  if ('ZX'.includes(state) && !(Number(fields[13]) > 1)) return null;
  const marks = environmentOf(pid).split('\0');
  return {
    pid,
    parentPid: Number(parentPid),
    sessionId: Number(sessionId),
    startTicks: Number(fields[15]),
    state,
    mark: marks.find((text) => text.startsWith('MAITRED_OWNER='))?.slice('MAITRED_OWNER='.length) ?? '',
    command: textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
  };
}

export const isStillThere = ({ pid, startTicks }: Pick<SeenProcess, 'pid' | 'startTicks'>): boolean =>
  lookAt(pid)?.startTicks === startTicks;

/** Waits without letting anything else of this process happen. */
export function waitBlocking(isTrue: () => boolean, everyMs: number): void {
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  const endsAtMs = performance.now() + patience.timeout;
  while (!isTrue() && performance.now() < endsAtMs) Atomics.wait(sleeping, 0, 0, everyMs);
}

/** Everyone whose mark holds this text. */
export const bearersOf = (text: string): SeenProcess[] => lookAtProcesses().filter(({ mark }) => mark.includes(text));

/** Everyone who descends from a process, is in its session, or bears a mark with this text. */
export function familyOf(rootPid: number, markText: string): SeenProcess[] {
  const all = lookAtProcesses();
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

/** Kills, when the test is over, whoever bears a mark with this text then, and whoever is told later. */
export function endWithTheTest(markText: string): { also(processes: readonly SeenProcess[]): void } {
  const told: SeenProcess[] = [];
  onTestFinished(() => {
    const look = () => [...told.filter(isStillThere), ...bearersOf(markText)];
    for (let left = look(), round = 0; left.length > 0 && round < 100; left = look(), round += 1)
      for (const { pid } of left) kill(pid);
  });
  return { also: (processes) => void told.push(...processes) };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone in between.
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
