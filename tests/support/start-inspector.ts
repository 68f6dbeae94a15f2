import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process of `maitred inspect`. */
export interface RunningInspector {
  readonly pid: number;
  readonly link: string;
  readonly stderr: string;
  /** Sends SIGINT, like Ctrl-C; settles when the process has ended. */
  leave(): Promise<void>;
  kill(): void;
}

export interface InspectorOptions {
  /** The built `maitred.js`. */
  readonly program: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** After `inspect`. */
  readonly args?: readonly string[];
}

const patienceMs = 20_000;

/** Starts the inspector, and waits for its link. The caller ends it; without a link it is killed. */
export async function startInspector({ program, cwd, env, args = [] }: InspectorOptions): Promise<RunningInspector> {
  const child = spawn(process.execPath, [program, 'inspect', ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(child, 'close').then(() => undefined);
  let [out, err] = ['', ''];
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const [, found] = /(http:\/\/127\.0\.0\.1:\d+\/\S*)\n/.exec(out) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`maitred inspect has ended without a link: ${out}${err}`)));
  }).finally(() => clearTimeout(timer));
  return {
    pid: child.pid ?? 0,
    link,
    get stderr() {
      return err;
    },
    leave() {
      child.kill('SIGINT');
      return gone;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
