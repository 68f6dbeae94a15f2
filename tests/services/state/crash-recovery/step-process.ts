import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

/** Starts a program of `doScripts` for one script. */
export const startScript = (program: string, script: object) =>
  execa(process.execPath, [program], { input: `${JSON.stringify(script)}\n`, reject: false });

/** Starts a program of `doScripts`; ends with the test. @returns a function that does a script in it */
export async function aStepProcess(program: string) {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return async <Report>(script: object): Promise<Report> => {
    child.stdin.write(`${JSON.stringify(script)}\n`);
    return reportOf<Report>({ stdout: (await lines.next()).value ?? '' });
  };
}

export const reportOf = <Report>({ stdout }: { readonly stdout: string }): Report =>
  JSON.parse(stdout.split('\n').at(-1) ?? '') as Report;

/** Two at a time, as there may be no more cores. @param stride as for `stepsToTry` */
export async function forEachStep(
  steps: number,
  check: (atStep: number) => Promise<void>,
  stride = usualStride,
): Promise<void> {
  const open = stepsToTry(steps, stride);
  const work = async () => {
    for (let step = open.shift(); step !== undefined; step = open.shift()) await check(step);
  };
  await Promise.all([work(), work()]);
}

const isLongRun = process.env.MAITRED_EVERY_STEP === '1';
const usualStride = 4;
const stridesFromKillToKill = 4;

/** The steps before which a run is stopped: all of them in `npm run test:long`, else the first, the last and one in each stride. */
export function stepsToTry(steps: number, stride = usualStride): number[] {
  const all = Array.from({ length: steps }, (_, index) => index + 1);
  if (isLongRun) return all;
  return all.filter((step) => step % stride === 1 || step === steps);
}

/** Whether the process is really killed: each time in `npm run test:long`, else sometimes, as each time takes a new process. */
export const isKilledBefore = (step: number, stride = usualStride): boolean =>
  isLongRun || step % (stride * stridesFromKillToKill) === 1;
