import { type LogRecord, logThrough } from '../../../src/domain/log-record.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import type { Place, Placeholders } from '../../../src/domain/scenario/placeholders.ts';
import { createScenarioRecorder } from '../../../src/services/scenario/create-scenario-recorder.ts';
import type {
  CapturedBytes,
  CapturedFile,
  CapturedProgram,
  ScenarioRecorder,
} from '../../../src/services/scenario/scenario-recorder.ts';

export const project = '/work/project';
export const secret = 'known-secret-value';
export const redactor = createRedactor(new Set([secret]));

/** Knows places only. */
const placeholdersOf = (places: readonly Place[]): Pick<Placeholders, 'abstract' | 'withPlaces'> => ({
  abstract: (text) => places.reduce((found, { name, value }) => found.replaceAll(value, `<<${name}>>`), text),
  withPlaces: (more) => placeholdersOf([...more, ...places]) as Placeholders,
});

export const logged: LogRecord[] = [];

export const aRecorder = (dir: string, recipe: string | null = null): Promise<ScenarioRecorder> =>
  createScenarioRecorder({
    dir,
    version: '1.2.3',
    recipe,
    placeholders: placeholdersOf([{ name: 'project', value: project }]) as Placeholders,
    redact: redactor,
    log: logThrough((record) => logged.push(record)),
  });

export const captured = (head: string | Uint8Array = '', tail = '', leftOutBytes = 0): CapturedBytes => ({
  head: Buffer.from(head as string),
  tail: Buffer.from(tail),
  leftOutBytes,
});

export const aFile = (path: string, content: CapturedFile['content'] = captured('written\n')): CapturedFile => ({
  path: `${project}/${path}`,
  content,
  sizeBytes: 8,
  mode: 0o100644,
});

export const aProgram = (changes: Partial<CapturedProgram> = {}): CapturedProgram => ({
  file: '/usr/bin/tool',
  args: ['--quick', `${project}/a.txt`],
  cwd: project,
  logDir: null,
  env: {},
  stdin: null,
  stdout: captured('one\ntwo\n'),
  stderr: captured(),
  arrivals: [
    { atMs: 1.4, stream: 'stdout', bytes: 4 },
    { atMs: 20, stream: 'stdout', bytes: 8 },
  ],
  reason: 'exited',
  exit: { code: 0, signal: null },
  others: 0,
  elapsedMs: 31.6,
  files: [],
  filesLeftOut: [],
  ...changes,
});

/** Records one call with one program. */
export async function recordCall(
  recorder: ScenarioRecorder,
  program: Partial<CapturedProgram> = {},
  { tool = 'run_cmd', args = {}, outcome = 'succeeded' }: { tool?: string; args?: unknown; outcome?: string } = {},
): Promise<void> {
  const call = recorder.beginCall({ tool, args });
  await call.add(call.nextProgram(), aProgram(program));
  call.settle(outcome);
}

/** Records a scenario of one call. */
export async function recordScenario(dir: string, program: Partial<CapturedProgram> = {}): Promise<void> {
  const recorder = await aRecorder(dir);
  await recordCall(recorder, program, { args: { cmd: 'tool' } });
  recorder.finish();
}
