import { readFileSync } from 'node:fs';
import type { Host } from './host.ts';

const pollEveryMs = 1_000;
/** Reading the chain must not stand before the first list. */
const chainAfterMs = 100;
const wrappers = new Set(['sh', 'bash', 'dash', 'zsh', 'uv', 'uvx']);

interface Ancestor {
  readonly pid: number;
  readonly startTicks: string;
}

/**
 * Watches the processes between this one and its client: the parent, and while that is only a wrapper (a shell, npx, uvx)
 * its parent too. Whichever goes, nobody is there any more who could speak to us.
 * @param parentPid the parent at the start of the program
 * @returns stops watching
 */
export function watchParent(host: Pick<Host, 'ppid'>, parentPid: number, onDead: () => void): () => void {
  if (parentPid <= 1) return () => undefined;
  let chain: readonly Ancestor[] | null = null;
  const check = () => {
    chain ??= ancestorsUpToClient(parentPid);
    if (host.ppid === parentPid && chain.every(isAlive)) return;
    clearInterval(timer);
    onDead();
  };
  const timer = setInterval(check, pollEveryMs).unref();
  setTimeout(() => {
    chain ??= ancestorsUpToClient(parentPid);
  }, chainAfterMs).unref();
  return () => clearInterval(timer);
}

function ancestorsUpToClient(parentPid: number): Ancestor[] {
  const chain: Ancestor[] = [];
  for (let pid = parentPid; pid > 1; ) {
    const stat = readStat(pid);
    if (stat === null) break;
    chain.push({ pid, startTicks: stat.startTicks });
    if (!isWrapper(stat.name)) break;
    pid = stat.parentPid;
  }
  return chain;
}

/** npx shows itself as `npm exec …`. */
const isWrapper = (name: string) => wrappers.has(name) || name.startsWith('npm ');

const isAlive = ({ pid, startTicks }: Ancestor) => {
  const stat = readStat(pid);
  return stat !== null && stat.startTicks === startTicks && stat.state !== 'Z';
};

/** Fields of /proc/<pid>/stat, proc(5); null where the process, or /proc, is not there. */
function readStat(pid: number): { name: string; state: string; parentPid: number; startTicks: string } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  return {
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    startTicks: fields[19] ?? '',
  };
}
