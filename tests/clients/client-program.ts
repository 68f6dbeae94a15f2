import { inject, type RunnerTestCase, TestRunner } from 'vitest';
import type { ClientProgram } from './install-clients.ts';

/** The path of a client's program. Skips the test where the client could not be installed. */
export function clientProgram(program: ClientProgram): string {
  const installation = inject('clients')[program];
  if ('file' in installation) return installation.file;
  return TestRunner.getCurrentTest<RunnerTestCase>().context.skip(installation.problem);
}
