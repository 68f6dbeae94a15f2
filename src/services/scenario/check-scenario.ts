import { isUtf8 } from 'node:buffer';
import { dirname, join } from 'node:path';
import { bytesText } from '../../domain/bytes-text.ts';
import { countText } from '../../domain/count-text.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import type { Redactor } from '../../domain/redact.ts';
import { numberedKinds } from '../../domain/scenario/placeholders.ts';
import { type KeptContent, mostContentBytes, type ScenarioStep, scenarioFile } from '../../domain/scenario/scenario.ts';
import { quote } from '../yaml/describe-value.ts';
import { yamlComments } from '../yaml/yaml-comments.ts';
import { hashOf, holdsSecret } from './keep-content.ts';
import { readBoundedFile } from './read-content.ts';
import { contentsOf, type InspectedScenario, inspectScenario, type ScenarioText } from './read-scenario.ts';
import { recordedArguments, recordedWords } from './recorded-arguments.ts';
import type { ReadScenario, ScenarioFinding } from './scenario-reader.ts';

export interface CheckedScenario {
  /** null if there are errors. */
  readonly scenario: ReadScenario | null;
  /** Errors first. */
  readonly findings: readonly ScenarioFinding[];
}

/**
 * Finds what is wrong with a scenario: errors, for which it is not replayed, and what a person should look at before it is shared or replayed elsewhere.
 * @param dir an absolute path
 * @throws nothing that the folder holds
 */
export async function checkScenario(dir: string, { redact }: { readonly redact: Redactor }): Promise<CheckedScenario> {
  const inspected = await inspectScenario(dir);
  const findings: ScenarioFinding[] = [...inspected.errors];
  const warn = (rule: string, place: string, message: string) =>
    void findings.push({ rule, severity: 'warning', place, message });
  warnOfState(inspected, warn);
  for (const [file, text] of inspected.texts) warnOfYaml(file, text, redact, warn);
  for (const [file, step] of inspected.steps) await warnOfStep(inspected, file, step, redact, warn);
  return { scenario: inspected.scenario, findings };
}

type Warn = (rule: string, place: string, message: string) => void;

function warnOfState({ manifest, calls, texts }: InspectedScenario, warn: Warn): void {
  const yaml = texts.get(scenarioFile)?.yaml;
  if (manifest === null || yaml === undefined) return;
  if (manifest.state === 'recording') {
    const what = `a server records into it, or was killed while it did: ${countText(calls.length, 'call')} can be replayed`;
    warn(
      'recording',
      yaml.placeOf(['state']),
      `${what}; once no server records, \`maitred scenario trim\` completes it`,
    );
  }
  for (const [index, problem] of manifest.problems.entries())
    warn('incomplete', yaml.placeOf(['problems', index]), `something is missing; record again: ${problem}`);
  if (manifest.state === 'incomplete' && manifest.problems.length === 0)
    warn('incomplete', yaml.placeOf(['state']), 'something is missing; record again');
  for (const [index, name] of manifest.unfinished.entries()) {
    const what = `${quote(name)} had not settled when the server ended, and is not in the scenario`;
    warn('unfinished', yaml.placeOf(['unfinished', index]), `${what}; record again if you need it`);
  }
}

/** Where a text is in a YAML file. */
interface PlacedText {
  readonly text: string;
  readonly place: string;
}

function warnOfYaml(file: string, { text, yaml }: ScenarioText, redact: Redactor, warn: Warn): void {
  const secretPlaces = new Set(secretPathsIn(yaml.value, redact).map((path) => yaml.placeOf(path)));
  for (const { path, text: value, isKey } of textsIn(yaml.value)) {
    const place = isKey ? yaml.placeOfKey(path) : yaml.placeOf(path);
    if (redact.text(value) !== value) secretPlaces.add(place);
    warnOfText({ text: value, place }, warn);
  }
  for (const offset of yamlComments(text)) {
    const comment = text.slice(offset).split('\n', 1)[0] ?? '';
    const place = placeAt(file, text, offset);
    if (redact.text(comment) !== comment) secretPlaces.add(place);
    warnOfText({ text: comment, place }, warn);
  }
  for (const place of secretPlaces) warn('secret', place, secretMessage);
}

const secretMessage =
  'this looks like a secret; remove it, and withdraw it if the scenario was shared; a scenario holds [redacted] instead';

/** Paths of what a recorder would have redacted by the names around it. */
function secretPathsIn(value: unknown, redact: Redactor): readonly (readonly PropertyKey[])[] {
  if (!isJsonObject(value)) return [];
  const { arguments: args, environment } = value;
  const recorded = Array.isArray(args) ? recordedWords(args.map(String), redact) : recordedArguments(args, redact);
  return [
    ...differences(args, recorded, ['arguments']),
    ...differences(environment, redact.value(environment), ['environment']),
  ];
}

function differences(
  value: unknown,
  other: unknown,
  path: readonly PropertyKey[],
): readonly (readonly PropertyKey[])[] {
  if (typeof value === 'object' && value !== null && typeof other === 'object' && other !== null)
    return Object.entries(value).flatMap(([key, inner]) =>
      key in other
        ? differences(inner, (other as Record<string, unknown>)[key], [
            ...path,
            Array.isArray(value) ? Number(key) : key,
          ])
        : [],
    );
  return typeof value === 'string' && value !== other ? [path] : [];
}

interface TextAt {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly isKey: boolean;
}

/** All texts of plain data and its keys. */
function* textsIn(value: unknown, path: readonly PropertyKey[] = []): Generator<TextAt, void> {
  if (typeof value === 'string') yield { path, text: value, isKey: false };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index]);
  else if (isJsonObject(value))
    for (const [key, inner] of Object.entries(value)) {
      // Rows of numbers, by the thousand.
      if (path.length === 0 && key === 'output') continue;
      yield { path: [...path, key], text: key, isKey: true };
      yield* textsIn(inner, [...path, key]);
    }
}

const machinePath = /(?<![\w.-])\/(?:(?:home|Users)\/[^/\s"'<>:]+|root)(?=\/)/;

function warnOfText({ text, place }: PlacedText, warn: Warn): void {
  const path = machinePath.exec(text)?.[0];
  if (path !== undefined) warn('machine_path', place, machinePathMessage(path));
  const unknown = unknownPlaceholderIn(text);
  if (unknown !== null) warn('unknown_placeholder', place, unknownMessage(unknown.name));
}

const machinePathMessage = (path: string): string =>
  `${quote(`${path}/`)} is a path of one machine; elsewhere this does not match; write a place such as <<project>> or <<home>>`;

const places = '<<project>>, <<worktrees>>, <<state>>, <<program>>, <<home>>, <<server>>, <<log>>';
const numbered = numberedKinds.map((kind) => `<<${kind}.1>>`).join(', ');
const unknownMessage = (found: string): string =>
  `${quote(found)} is not a placeholder, and stays as it is; expected ${places}, or ${numbered}; correct it`;

/** As a recorder would have written it, if it was a text of the program: after `<<literal>>`. */
const likePlaceholder = /<<([a-z]+(?:\.\d+)?)>>/g;
const knownPlaceholder = new RegExp(
  String.raw`^(?:project|worktrees|state|program|home|server|log|temp|literal|(?:${numberedKinds.join('|')})\.\d+)$`,
);

function unknownPlaceholderIn(text: string): { readonly name: string; readonly index: number } | null {
  for (const { 0: whole, 1: name = '', index } of text.matchAll(likePlaceholder))
    if (!knownPlaceholder.test(name)) return { name: whole, index };
  return null;
}

/** @param file of the step, in the scenario */
async function warnOfStep(
  { dir, texts }: Pick<InspectedScenario, 'dir' | 'texts'>,
  file: string,
  step: ScenarioStep,
  redact: Redactor,
  warn: Warn,
): Promise<void> {
  const placeOf = (path: readonly PropertyKey[]) => texts.get(file)?.yaml.placeOf(path) ?? file;
  for (const index of step.files_left_out?.keys() ?? [])
    warn('left_out', placeOf(['files_left_out', index]), 'a file was not recorded; a replay does not write it');
  for (const { path, content } of contentsOf(step)) {
    const { left_out: leftOut = 0, why_not: whyNot, file: contentFile } = content;
    if (whyNot !== undefined) warn('left_out', placeOf([...path, 'why_not']), `a content was not recorded: ${whyNot}`);
    if (leftOut > 0) {
      const what = `the middle of a content was not recorded (${bytesText(leftOut)})`;
      warn('left_out', placeOf([...path, 'left_out']), `${what}; a replay has a line that says so instead`);
    }
    if (contentFile === undefined) continue;
    const bytes = await readBoundedFile(dir, join(dirname(file), contentFile), mostContentBytes);
    // Otherwise it is an error already.
    if (typeof bytes !== 'string')
      warnOfContent(join(dirname(file), contentFile), bytes, { content, placeOf, path, redact, warn });
  }
}

function warnOfContent(
  file: string,
  bytes: Buffer,
  of: {
    readonly content: KeptContent;
    placeOf(path: readonly PropertyKey[]): string;
    readonly path: readonly PropertyKey[];
    readonly redact: Redactor;
    readonly warn: Warn;
  },
): void {
  const { content, placeOf, path, redact, warn } = of;
  if (content.sha256 !== undefined && content.sha256 !== hashOf(bytes)) {
    const message = `${quote(file)} was edited after it was recorded; if that is meant, \`maitred scenario trim\` corrects the hash`;
    warn('edited', placeOf([...path, 'sha256']), message);
  }
  if (!isUtf8(bytes)) {
    if (holdsSecret(bytes, redact.text)) warn('secret', file, secretMessage);
    return;
  }
  const text = bytes.toString();
  const secretAt = firstDifference(text, redact.text(text));
  if (secretAt !== null) warn('secret', placeAt(file, text, secretAt), secretMessage);
  const machinePathAt = machinePath.exec(text);
  if (machinePathAt !== null)
    warn('machine_path', placeAt(file, text, machinePathAt.index), machinePathMessage(machinePathAt[0]));
  const unknown = unknownPlaceholderIn(text);
  if (unknown !== null) warn('unknown_placeholder', placeAt(file, text, unknown.index), unknownMessage(unknown.name));
}

function firstDifference(a: string, b: string): number | null {
  if (a === b) return null;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  return at;
}

function placeAt(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${file}:${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
}
