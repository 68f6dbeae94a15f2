import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Holds a pipe from this server and, when that closes without a farewell, ends everything that bears the server's mark. */
export interface Guardian {
  /** To be called before each child is started: the guardian stands before there is anything to guard. One that has died is replaced. */
  ensure(): void;
  /** Everything has ended in good order: the guardian goes too. Blocking and brief. */
  dismiss(): void;
}

export interface GuardianOptions {
  /** The built `guardian.js`. */
  readonly program: string;
  readonly serverId: string;
}

const farewell = 'farewell';

/** A shell costs a megabyte while it waits; the program behind it is loaded when it is needed. */
const watch = `trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE; IFS= read -r word; [ "$word" = ${farewell} ] || exec "$@"`;

export function createGuardian({ program, serverId }: GuardianOptions): Guardian {
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
      started.once('error', forget);
      // Its end is seen by `exit`; a write into the closed pipe says nothing more.
      started.stdin?.on('error', () => undefined);
      started.unref();
      unrefPipe(started.stdin);
      shell = started;
    },
    dismiss() {
      shell?.stdin?.end(`${farewell}\n`);
    },
  };
}

/** The pipe of a child is a socket, though its type does not say so. */
function unrefPipe(pipe: (Writable & { unref?(): void }) | null): void {
  pipe?.unref?.();
}
