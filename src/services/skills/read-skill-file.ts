import { nearestName } from '../../domain/nearest-name.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { type FrontmatterIssue, type SkillFrontmatter, validateFrontmatter } from '../../domain/skill.schema.ts';
import { describeValue, quote } from '../yaml/describe-value.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import { readYamlData, type YamlData } from '../yaml/read-yaml-data.ts';

/** A SKILL.md that is valid. */
export interface SkillFile {
  readonly path: string;
  readonly frontmatter: SkillFrontmatter;
  /** The frontmatter with the lines of dashes around it; empty without one. */
  readonly head: string;
  readonly body: string;
  /** `file:line:col` of what is at a path in the frontmatter, or nearest above it. */
  placeOf(path: readonly PropertyKey[]): string;
}

const largestKib = 256;

/** Reads a SKILL.md: Markdown, perhaps below a frontmatter, which is YAML between two lines of dashes. Never throws. */
export function readSkillFile(path: string): SkillFile | { readonly faults: readonly PlacedFault[] } {
  const reading = readTextFile(path);
  if ('fault' in reading) return { faults: [reading.fault] };
  const startFault = (message: string) => ({ faults: [{ place: `${path}:1:1`, message }] });
  const { text } = reading;
  if (text === null) return startFault('the file does not exist; expected a SKILL.md; check its path');
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > largestKib * 1024)
    return startFault(
      `the file has ${sizeBytes} bytes; expected at most ${largestKib} KiB; move parts of it to other files`,
    );
  const [opening = ''] = /^---[ \t]*(?:\r?\n|$)/.exec(text) ?? [];
  const rest = text.slice(opening.length);
  const closing = opening === '' ? null : /^---[ \t]*(?:\r?\n|$)/m.exec(rest);
  if (opening !== '' && closing === null)
    return startFault('the frontmatter does not end; expected a second line ---; add it below the last key');
  const inner = rest.slice(0, closing?.index ?? 0);
  const head = closing === null ? '' : `${opening}${inner}${closing[0]}`;
  // Without the dashes, and with their line, so that places are those of the file.
  const yaml = readYamlData(`\n${inner}`, path);
  if ('faults' in yaml) return yaml;
  const validated = validateFrontmatter(yaml.value ?? {});
  if ('issues' in validated) return { faults: validated.issues.map((issue) => faultOf(issue, yaml)) };
  return { path, ...validated, head, body: text.slice(head.length), placeOf: yaml.placeOf };
}

function faultOf(issue: FrontmatterIssue, yaml: YamlData): PlacedFault {
  const { path } = issue;
  if ('unknownKey' in issue) {
    const { unknownKey, knownKeys } = issue;
    const near = nearestName(unknownKey, knownKeys);
    const hint = near === undefined ? 'remove it' : `did you mean ${quote(near)}?`;
    const message = `unknown key ${quote(unknownKey)} in ${pathText(path)}; expected one of ${knownKeys.join(', ')}; ${hint}`;
    return { place: yaml.placeOfKey([...path, unknownKey]), message };
  }
  const found = valueAt(yaml.value, path);
  const state = found === undefined ? 'is missing' : `is ${describeValue(found)}`;
  return { place: yaml.placeOf(path), message: `${pathText(path)} ${state}; expected ${issue.expected}; change it` };
}

/** `maitred.outputs[0].type` */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('') || 'the frontmatter';

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, step) => (typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined),
    value,
  );
}
