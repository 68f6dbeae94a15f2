import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../domain/app-error.ts';
import { withoutByteOrderMark } from '../../domain/byte-order-mark.ts';
import { countText } from '../../domain/count-text.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { placedFaultsError } from '../../domain/placed-fault.ts';
import {
  scenarioCallSchema,
  scenarioManifestSchema,
  scenarioStepSchema,
  scenarioVersionSchema,
} from '../../domain/scenario/scenario.schema.ts';
import {
  callFile,
  callsFolder,
  type KeptContent,
  mostCalls,
  mostContentBytes,
  mostYamlBytes,
  type ScenarioManifest,
  type ScenarioStep,
  scenarioFile,
  scenarioVersion,
} from '../../domain/scenario/scenario.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { describeValue, quote } from '../yaml/describe-value.ts';
import { readYamlData, type YamlData } from '../yaml/read-yaml-data.ts';
import { type SchemaIssue, schemaFaults } from '../yaml/schema-faults.ts';
import { missingFile, readBoundedFile, whyNotReadable } from './read-content.ts';
import type { ReadCall, ReadScenario, ScenarioFinding } from './scenario-reader.ts';

/**
 * Reads a scenario. One in the state `recording` is whole up to the last call that has settled. A content that somebody has edited is read as it is.
 * @param dir an absolute path
 * @throws AppError `not_found` where there is no scenario; `invalid_input`, naming files and lines, where it cannot be replayed
 */
export async function readScenario(dir: string): Promise<ReadScenario> {
  const { scenario, errors } = await inspectScenario(dir);
  if (scenario !== null) return scenario;
  const missing = errors.find(({ rule }) => rule === noScenario);
  if (missing !== undefined) throw new AppError('not_found', `${dir}: ${missing.message}.`, { details: { path: dir } });
  throw placedFaultsError(errors.map(({ place, message }) => ({ place: join(dir, place), message })));
}

/** One YAML file of a scenario. */
export interface ScenarioText {
  readonly text: string;
  readonly yaml: YamlData;
}

export interface InspectedScenario {
  readonly dir: string;
  /** null if there are errors. */
  readonly scenario: ReadScenario | null;
  /** What could be read. */
  readonly manifest: ScenarioManifest | null;
  readonly calls: readonly ReadCall[];
  readonly errors: readonly ScenarioFinding[];
  /** By their paths in the scenario: those that could be read. */
  readonly texts: ReadonlyMap<string, ScenarioText>;
  /** The same, those of programs. */
  readonly steps: ReadonlyMap<string, ScenarioStep>;
}

const noScenario = 'no_scenario';

/** Reads a scenario and finds everything that is wrong with its form. Never rejects. */
export async function inspectScenario(dir: string): Promise<InspectedScenario> {
  const reading: Reading = { dir, errors: [], texts: new Map(), steps: new Map() };
  const manifest = await readManifest(reading);
  const calls = manifest === null ? [] : await readCalls(reading, manifest);
  const { errors, texts, steps } = reading;
  const scenario = manifest === null || errors.length > 0 ? null : { dir, manifest, calls };
  return { dir, scenario, manifest, calls, errors, texts, steps };
}

interface Reading {
  readonly dir: string;
  readonly errors: ScenarioFinding[];
  readonly texts: Map<string, ScenarioText>;
  readonly steps: Map<string, ScenarioStep>;
}

function report({ errors }: Reading, rule: string, place: string, message: string): null {
  errors.push({ rule, severity: 'error', place, message });
  return null;
}

async function readManifest(reading: Reading): Promise<ScenarioManifest | null> {
  const yaml = await readYaml(reading, scenarioFile, readYamlData, (problem) =>
    problem === missingFile
      ? report(
          reading,
          noScenario,
          scenarioFile,
          'there is no scenario; record one with `maitred serve --record-scenario DIR`',
        )
      : report(reading, 'file', scenarioFile, problem),
  );
  if (yaml === null) return null;
  const { data } = scenarioVersionSchema.safeParse(yaml.value);
  if (data === undefined || data.version === scenarioVersion)
    return parse(reading, yaml, scenarioManifestSchema, 'the scenario');
  const by = data.recorded_by === undefined ? '' : ` (recorded by maitred ${describeValue(data.recorded_by)})`;
  const message = `this is version ${data.version}${by}; expected version ${scenarioVersion}; use a maitred that reads it, or record it again`;
  return report(reading, 'version', yaml.placeOf(['version']), message);
}

async function readCalls(reading: Reading, manifest: ScenarioManifest): Promise<readonly ReadCall[]> {
  const names = await callNames(reading);
  if (names === null) return [];
  if (names.length > mostCalls) {
    report(
      reading,
      'count',
      callsFolder,
      `there are ${countText(names.length, 'call')}; expected at most ${mostCalls}`,
    );
    return [];
  }
  if (manifest.state !== 'recording' && names.length !== manifest.calls) {
    const fix = `restore the folders that are missing, or write calls: ${names.length} if you have removed or added some`;
    const message = `${callsFolder}/ holds ${countText(names.length, 'call')}; expected ${manifest.calls}; ${fix}`;
    report(reading, 'count', reading.texts.get(scenarioFile)?.yaml.placeOf(['calls']) ?? scenarioFile, message);
  }
  const calls: ReadCall[] = [];
  for (const name of names) {
    const call = await readCall(reading, name);
    if (call !== null) calls.push(call);
  }
  return calls;
}

const callName = /^(\d{4,9})-[\w.-]+$/;
const numberOf = (name: string): number => Number(callName.exec(name)?.[1]);

/** In their order, without what is hidden: calls that never settled. */
async function callNames(reading: Reading): Promise<readonly string[] | null> {
  const entries = await readFolder(reading, '', callsFolder);
  const seen = new Map<number, string>();
  for (const entry of entries ?? []) {
    if (entry.name.startsWith('.')) continue;
    const place = `${callsFolder}/${entry.name}`;
    const sameNumber = seen.get(numberOf(entry.name));
    if (!entry.isDirectory() || !callName.test(entry.name))
      report(reading, 'file', place, 'expected the folder of a call, such as 0001-run_cmd; remove or rename it');
    else if (sameNumber !== undefined)
      report(reading, 'file', place, `${sameNumber} has the same number; expected one; rename one of them`);
    else seen.set(numberOf(entry.name), entry.name);
  }
  if (entries === null) return null;
  return [...seen].sort(([a], [b]) => a - b).map(([, name]) => name);
}

/** @returns null where it cannot be read, which is reported; a folder that does not exist is empty */
async function readFolder(reading: Reading, parent: string, name: string): Promise<readonly Dirent[] | null> {
  const place = join(parent, name);
  try {
    const entries = await readdir(join(reading.dir, parent), { withFileTypes: true });
    const folder = entries.find((entry) => entry.name === name);
    if (folder === undefined) return [];
    if (folder.isDirectory()) return await readdir(join(reading.dir, place), { withFileTypes: true });
    return report(reading, 'file', place, 'this is not a folder; expected one that is no link; replace it');
  } catch (thrown) {
    const message = `cannot be read (${errorCodeOf(thrown)}); expected a folder that this user can read; repair it`;
    return report(reading, 'file', place, message);
  }
}

async function readCall(reading: Reading, name: string): Promise<ReadCall | null> {
  const place = `${callsFolder}/${name}`;
  const yaml = await readYaml(reading, `${place}/${callFile}`);
  const call = yaml && parse(reading, yaml, scenarioCallSchema, 'the call');
  const entries = await readFolder(reading, callsFolder, name);
  if (yaml === null || call === null || entries === null) return null;
  const found = new Set(entries.map((entry) => /^([1-9]\d{0,8})\.yaml$/.exec(entry.name)?.[1]).filter(isText));
  const wanted = Array.from({ length: call.programs }, (_, index) => String(index + 1));
  const missing = wanted.filter((number) => !found.has(number));
  const excess = [...found].filter((number) => Number(number) > call.programs);
  const wrong = missing.length > 0 ? missing : excess;
  if (wrong.length > 0) {
    const files = `${wrong
      .slice(0, mostNamed)
      .map((number) => `${number}.yaml`)
      .join(', ')}${wrong.length > mostNamed ? ' …' : ''}`;
    const what = missing.length > 0 ? `${files} missing; restore them` : `${files} found; remove them`;
    const message = `the call started ${countText(call.programs, 'program')}; ${what}, or correct the number`;
    report(reading, 'count', yaml.placeOf(['programs']), message);
  }
  const steps: ScenarioStep[] = [];
  for (const number of wanted.filter((each) => found.has(each))) {
    const step = await readStep(reading, place, number);
    if (step !== null) steps.push(step);
  }
  return { name, dir: join(reading.dir, place), call, steps };
}

const mostNamed = 5;
const isText = (value: string | undefined): value is string => value !== undefined;

async function readStep(reading: Reading, callPlace: string, number: string): Promise<ScenarioStep | null> {
  const file = `${callPlace}/${number}.yaml`;
  const yaml = await readYaml(reading, file, readStepData);
  const step = yaml && parse(reading, yaml, scenarioStepSchema, 'the program');
  if (yaml === null || step === null) return null;
  reading.steps.set(file, step);
  for (const { path, content } of contentsOf(step)) {
    if (content.file === undefined) continue;
    const problem = whyNotReadable(join(reading.dir, callPlace), content.file, mostContentBytes);
    if (problem === null) continue;
    report(reading, 'content', yaml.placeOf([...path, 'file']), `${quote(content.file)}: ${problem}`);
  }
  return step;
}

/** The contents of a step, with their paths in its file. */
export function contentsOf(step: ScenarioStep): readonly {
  readonly path: readonly PropertyKey[];
  readonly content: KeptContent;
}[] {
  const { stdin, stdout, stderr, files } = step;
  return [
    ...(stdin === undefined ? [] : [{ path: ['stdin'], content: stdin }]),
    { path: ['stdout'], content: stdout },
    { path: ['stderr'], content: stderr },
    ...files.map((content, index) => ({ path: ['files', index], content })),
  ];
}

async function readYaml(
  reading: Reading,
  file: string,
  readData = readYamlData,
  onProblem = (problem: string) => report(reading, 'file', file, problem),
): Promise<YamlData | null> {
  const bytes = await readBoundedFile(reading.dir, file, mostYamlBytes);
  if (typeof bytes === 'string') return onProblem(bytes);
  if (!isUtf8(bytes))
    return report(reading, 'yaml', file, 'not UTF-8 text; expected UTF-8; save it with that encoding');
  const text = withoutByteOrderMark(bytes.toString());
  const yaml = readData(text, file);
  if ('faults' in yaml) {
    for (const { place, message } of yaml.faults) report(reading, 'yaml', place, message);
    return null;
  }
  reading.texts.set(file, { text, yaml });
  return yaml;
}

/** Reads the rows of output, if they are as the recorder writes them, in a hundredth of the time that YAML takes. */
function readStepData(text: string, file: string): ReturnType<typeof readYamlData> {
  const [before = '', after, ...more] = text.split(/^output:\n/m);
  const rows = more.length > 0 ? [] : (after?.split('\n') ?? []).slice(0, -1).map(readRow);
  if (rows.length === 0 || rows.includes(null)) return readYamlData(text, file);
  const yaml = readYamlData(`${before}output: []\n`, file);
  return 'faults' in yaml || !isJsonObject(yaml.value) ? yaml : { ...yaml, value: { ...yaml.value, output: rows } };
}

function readRow(line: string): readonly unknown[] | null {
  const [, atMs, stream, lines] = /^ {2}- \[(\d{1,12}), (stdout|stderr), (\d{1,12})\]$/.exec(line) ?? [];
  return lines === undefined ? null : [Number(atMs), stream, Number(lines)];
}

interface Schema<Data> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: Data } | { readonly success: false; readonly error: SchemaError };
}

interface SchemaError {
  readonly issues: readonly SchemaIssue[];
}

function parse<Data>(reading: Reading, yaml: YamlData, schema: Schema<Data>, subject: string): Data | null {
  const parsed = schema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  for (const { place, message } of schemaFaults(parsed.error.issues, yaml, subject))
    report(reading, 'field', place, message);
  return null;
}
