import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { buildProgram, programOptions } from '../../scripts/build.mts';

/** Programs of tests/fixtures, bundled like the program itself; `inject` returns the path of the bundle. */
const fixtures = {
  lifecycleHarness: 'lifecycle-harness',
  guardedProgram: 'guarded-program',
  noisyDependency: 'noisy-dependency',
  sessionProcess: 'session-process',
  guardedServer: 'guarded-server',
  fileOperation: 'file-operation',
  writeRecording: 'write-recording',
  journalWriter: 'journal-writer',
} as const;

declare module 'vitest' {
  export interface ProvidedContext extends Record<keyof typeof fixtures, string> {
    /** The folder of the built program; `maitred.js` is its entry. */
    programDir: string;
    /** What `readBuiltProgram` reads. */
    builtFile: string;
    /** The same program with the tools of tests/fixtures/test-tools.ts, a scripted audit, a patient list of tools and a patient shutdown. */
    testProgram: string;
  }
}

/** Builds the program and the programs of tests/fixtures once for all test files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'maitred-test-build-'));
  // Some tests run it as another user.
  await chmod(dir, 0o755);
  // So that the program finds its packages as an installed one does.
  await symlink(resolve('node_modules'), join(dir, 'node_modules'));
  const programDir = join(dir, 'program');
  const built = await buildProgram(programDir);
  project.provide('programDir', programDir);
  const builtFile = join(dir, 'built.json');
  await writeFile(builtFile, JSON.stringify(built));
  project.provide('builtFile', builtFile);
  const testProgramDir = join(dir, 'test-program');
  await buildProgram(testProgramDir, {
    'src/tools/index.ts': 'tests/fixtures/test-tools.ts',
    'src/services/state/audit/audit.ts': 'tests/fixtures/scripted-audit.ts',
    'src/front/build-time-answers.ts': 'tests/fixtures/patient-answers.ts',
    'src/domain/shutdown-policy.ts': 'tests/fixtures/patient-shutdown-policy.ts',
  });
  project.provide('testProgram', join(testProgramDir, 'maitred.js'));
  for (const [name, file] of Object.entries(fixtures)) {
    const outfile = join(dir, `${file}.cjs`);
    await build({ ...programOptions(), entryPoints: [`tests/fixtures/${file}.ts`], outfile });
    project.provide(name as keyof typeof fixtures, outfile);
  }
  return () => rm(dir, { recursive: true, force: true });
}
