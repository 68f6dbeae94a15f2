import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { SameProcess } from './process-table.ts';

/** Holds a pipe from this server and, when that closes without a policy, ends everything that bears the server's mark. */
export interface Guardian {
  /** To be called before each child is started: the guardian stands before there is anything to guard. One that has died is replaced. */
  ensure(): void;
  /** These run now. What they have started is found by them too, if it has no mark. */
  tell(programs: readonly SameProcess[]): void;
  /** Everything has ended in good order: the guardian goes too. Blocking and brief. */
  dismiss(): void;
}

export interface GuardianOptions {
  /** The built `guardian.js`. */
  readonly program: string;
  readonly serverId: string;
  /** The guardian could not be started: what is started now is unguarded. */
  onLost(problem: Error): void;
}

const policy = 'policy';

/** A shell costs a megabyte while it waits; the program behind it is loaded when it is needed. */
const watch = `trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE
while IFS= read -r line; do
  [ "$line" = ${policy} ] && exit 0
  programs=$line
done
exec "$@" $programs`;

export function createGuardian({ program, serverId, onLost }: GuardianOptions): Guardian {
  let shell: ChildProcess | null = null;
  return {
    ensure() {
      if (shell !== null) return;
      const started = spawn('/bin/sh', ['-c', watch, 'maitred-guardian', process.execPath, program, serverId], {
        cwd: '/',
        // Without a mark of its own: it must not find itself.
        env: { PATH: '/bin:/usr/bin' },
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const forget = () => {
        if (shell === started) shell = null;
      };
      started.once('exit', forget);
      started.once('error', (problem) => {
        forget();
        onLost(problem);
      });
      // Its end is seen by `exit`; a write into the closed pipe says nothing more.
      started.stdin?.on('error', () => undefined);
      started.unref();
      unrefPipe(started.stdin);
      shell = started;
    },
    tell(programs) {
      shell?.stdin?.write(`${programs.map(({ pid, startTicks }) => `${pid}:${startTicks}`).join(' ')}\n`);
    },
    dismiss() {
      shell?.stdin?.end(`${policy}\n`);
      // One that has been stopped hears nothing.
      shell?.kill('SIGCONT');
    },
  };
}

/** The pipe of a child is a socket, though its type does not say so. */
function unrefPipe(pipe: (Writable & { unref?(): void }) | null): void {
  pipe?.unref?.();
}
