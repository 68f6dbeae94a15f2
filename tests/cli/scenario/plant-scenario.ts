import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** An output of a program, as its step names it. */
export function contentText(text: string, file: string): string {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return `{ file: ${file}, bytes: ${Buffer.byteLength(text)}, sha256: ${sha256} }`;
}

const buildOutput = 'building\ndone in 0.4 s\n';
const bundle = 'hello();\n';

/** The files of a scenario that was recorded without problems: a build, and tests that fail. */
export const goodFiles: Readonly<Record<string, string>> = {
  'scenario.yaml': `version: 1
recorded_by: 1.2.3
recipe: the nightly build
state: complete
calls: 2
unfinished: []
problems: []
`,
  'calls/0001-run_cmd/call.yaml': `tool: run_cmd
step_name: build
arguments:
  cmd: npm run build
  cwd: <<project>>
  step_name: build
outcome: succeeded
programs: 1
`,
  'calls/0001-run_cmd/1.yaml': `program: bash
arguments:
  - -c
  - npm run build
folder: <<project>>
environment:
  SCENARIO_STEP_NAME: build
stdout: ${contentText(buildOutput, '1.stdout')}
stderr: { bytes: 0 }
output:
  - [12, stdout, 1]
  - [412, stdout, 1]
ended: { code: 0, signal: null, reason: exited, after_ms: 431, others: 2 }
files:
  - path: <<project>>/dist/old.js
    bytes: 0
    removed: true
  - path: <<project>>/dist/shop.js
    file: 1.files/project/dist/shop.js
    bytes: 9
    sha256: ${createHash('sha256').update(bundle).digest('hex')}
    mode: "644"
`,
  'calls/0001-run_cmd/1.stdout': buildOutput,
  'calls/0001-run_cmd/1.files/project/dist/shop.js': bundle,
  'calls/0002-test_check/call.yaml': `tool: test_check
arguments:
  worktree_path: <<project>>
outcome: process_failed
programs: 1
`,
  'calls/0002-test_check/1.yaml': `program: npm
arguments:
  - test
folder: <<project>>
stdout: { bytes: 0 }
stderr: { bytes: 0 }
output: []
ended: { code: null, signal: SIGTERM, reason: timedOut, after_ms: 60000, others: 0 }
files: []
`,
};

/** @returns the absolute path of the scenario. @param changes other contents of its files, by path; null: it is missing */
export const plantScenario = (changes: Readonly<Record<string, string | null>> = {}): string =>
  plantFiles({ ...goodFiles, ...changes });

/** Writes files into a new folder with the name `nightly`. @returns its absolute path */
export function plantFiles(files: Readonly<Record<string, string | null>>): string {
  const dir = join(tempFolder(), 'nightly');
  for (const [path, text] of Object.entries(files)) {
    if (text === null) continue;
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}
