import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { SameProcess } from './process-table.ts';

/** Holds a pipe from this server. When the pipe closes and the guardian was not dismissed, it ends every process with the server's mark. */
export interface Guardian {
  /** Must be called before each child is started, so that no child is unguarded. Replaces a guardian that has died. */
  ensure(): void;
  /** Must be called with all programs that run now. Processes without a mark are found by the program that started them. */
  setPrograms(programs: readonly SameProcess[]): void;
  /** Must be called when all programs have ended: ends the guardian. Blocking and brief. */
  dismiss(): void;
}

export interface GuardianOptions {
  /** The built `guardian.js`. */
  readonly program: string;
  readonly serverId: string;
  /** Called when the guardian cannot be started: what is started now is unguarded. */
  onLost(problem: Error): void;
}

const dismissal = 'dismissed';

/** A waiting shell takes one megabyte. It loads the program when it is needed. */
const watch = `trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE
while IFS= read -r line; do
  [ "$line" = ${dismissal} ] && exit 0
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
        // Without a mark of its own: it must not end itself.
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
      // `exit` reports its end; an error of the closed pipe adds nothing.
      started.stdin?.on('error', () => undefined);
      started.unref();
      // The pipe is a socket, though its type is wider.
      if (started.stdin instanceof Socket) started.stdin.unref();
      shell = started;
    },
    setPrograms(programs) {
      shell?.stdin?.write(`${programs.map(({ pid, startTicks }) => `${pid}:${startTicks}`).join(' ')}\n`);
    },
    dismiss() {
      shell?.stdin?.end(`${dismissal}\n`);
      // A stopped shell reads nothing.
      shell?.kill('SIGCONT');
    },
  };
}
