import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { Writable } from 'node:stream';

const stdoutFd = 1;
const stderrFd = 2;

/** Where a print that was meant for stdout goes, so that nothing but JSON-RPC reaches the client. */
export interface StdoutGuard {
  /** The stream's own write, for the one who may use it. */
  readonly write: Writable['write'];
}

/**
 * Sends what anybody prints on stdout to stderr instead: process.stdout, and through it console and the output of worker
 * threads.
 */
export function guardStream(stdout: Writable, stderr: () => Writable): StdoutGuard {
  const write = stdout.write.bind(stdout) as Writable['write'];
  const redirect = ((...args: Parameters<Writable['write']>) => stderr().write(...args)) as Writable['write'];
  stdout.write = redirect;
  stdout.end = ((...args: unknown[]) => {
    const [chunk] = args;
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) stderr().write(chunk);
    return stdout;
  }) as Writable['end'];
  return { write };
}

/**
 * The same for what is written straight to descriptor 1 through node:fs. To be called before anybody else's code is
 * loaded. Out of reach: native add-ons, and files opened anew under the name of the descriptor (/dev/stdout).
 */
export function guardDescriptor(): void {
  const away = (fd: unknown) => (fd === stdoutFd ? stderrFd : fd);
  const patch = (target: Record<string, unknown>, name: string) => {
    const original = target[name];
    if (typeof original !== 'function') return;
    function guarded(this: unknown, fd: unknown, ...rest: unknown[]) {
      return Reflect.apply(original as (...args: unknown[]) => unknown, this, [away(fd), ...rest]);
    }
    target[name] = Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
  };
  for (const name of [
    'write',
    'writeSync',
    'writev',
    'writevSync',
    'writeFile',
    'writeFileSync',
    'appendFile',
    'appendFileSync',
  ])
    patch(fs as unknown as Record<string, unknown>, name);
  syncBuiltinESMExports();
}
