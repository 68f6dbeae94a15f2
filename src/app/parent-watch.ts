import { startInterval, startTimer } from '../domain/timers.ts';
import { readProcStat } from '../services/platform/proc-stat.ts';
import type { NodeProcess } from './node-process.ts';

const pollEveryMs = 1_000;
/** Reading the chain must not delay the first list. */
const chainAfterMs = 100;
const wrappers = new Set(['sh', 'bash', 'dash', 'zsh', 'uv', 'uvx']);

/** A wrapper, and its parent when the chain was read. */
interface Link {
  readonly pid: number;
  readonly parentPid: number;
}

/**
 * Watches the processes between this one and its client: the parent and, if that is only a wrapper (a shell, npx, uvx), its parent too. When
 * one of them dies, the client cannot reach this process any more.
 *
 * Each is watched through its child: a process keeps its parent until that dies, and then gets another one at once. So a reused pid cannot
 * deceive, and the death of a client that cannot be read (another user's) is seen too.
 * @param parentPid the parent at the start of the program
 * @returns a function that stops watching
 */
export function watchParent(nodeProcess: Pick<NodeProcess, 'ppid'>, parentPid: number, onDead: () => void): () => void {
  // A child of init was started so on purpose (systemd, nohup, a container), or has lost its client already. The two cannot be told apart:
  // the first must live, and the second still gets the end of its input.
  if (parentPid <= 1) return () => undefined;
  let links: readonly Link[] = [];
  const reading = startTimer(() => {
    links = linksUpToClient(parentPid);
  }, chainAfterMs);
  const polling = startInterval(() => {
    if (nodeProcess.ppid === parentPid && links.every(isWhole)) return;
    clearInterval(polling);
    onDead();
  }, pollEveryMs);
  return () => {
    clearTimeout(reading);
    clearInterval(polling);
  };
}

function linksUpToClient(parentPid: number): Link[] {
  const links: Link[] = [];
  for (let pid = parentPid; ; ) {
    const stat = readProcStat(pid);
    if (stat === null || !isWrapper(stat.name)) return links;
    links.push({ pid, parentPid: stat.parentPid });
    pid = stat.parentPid;
  }
}

/** npx shows itself as `npm exec …`. */
const isWrapper = (name: string) => wrappers.has(name) || name.startsWith('npm ');

/** If a wrapper cannot be read, the link below it is trusted: that one sees its parent change. */
const isWhole = ({ pid, parentPid }: Link) => (readProcStat(pid)?.parentPid ?? parentPid) === parentPid;
