import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../domain/app-error.ts';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { placedFaultsError } from '../../domain/placed-fault.ts';
import { isUserOnly } from '../../domain/user-only-settings.ts';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { commentOutSetting, uncommentSetting } from './commented-setting.ts';
import { type ConfigKey, configKeys, configSections, findConfigKey } from './config-keys.ts';
import { editSetting, findSetting, removeSection, removeSetting, type YamlSetting } from './edit-yaml.ts';
import { type FileLayerName, type LayerReading, layerNames, type TrustRule } from './layer.ts';
import { readLayer } from './read-layer.ts';
import { readSettingText } from './read-setting-text.ts';
import { readYamlLayer } from './read-yaml-layer.ts';
import { rewriteConfigFile } from './rewrite-config-file.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';
import { isSecretKey, userOnlyHint } from './validate-placement.ts';
import { validateValue } from './validate-value.ts';

export interface SettingChange {
  /** Dotted: `logging.level`. */
  readonly key: string;
  /** The value as a flag takes it; a secret as it is. null removes the key from the file. */
  readonly text: string | null;
  /** A project's secrets go to its secrets file. */
  readonly layer: 'user' | 'project';
}

export interface ChangedSetting {
  readonly key: string;
  /** As the file has it; undefined if the file does not set the key. */
  readonly value: unknown;
  readonly file: string;
  readonly isChanged: boolean;
  /** `file:line:col` of the key; the file alone if it does not set the key. */
  readonly place: string;
  /** The place of a higher layer that sets the same key: `file:line:col`, a variable or a flag. */
  readonly overriddenBy: string | null;
}

/**
 * Sets one key in a configuration file, or removes it, and leaves every other byte as it is. A key that is not one, and an unknown section,
 * can be removed, and other faults of the file do not prevent it.
 * @throws AppError `invalid_input` for an invalid key, value or file, and for a value that would not count in that file; `conflict` for a
 * file in which the key cannot be changed without changing something else; `unavailable` for a file that cannot be written. Then nothing
 * is written
 */
export async function changeSetting(
  sources: ConfigSources & TrustRule,
  { key, text, layer }: SettingChange,
): Promise<ChangedSetting> {
  const known = text === null && !configSections.has(key) ? configKeys.get(key) : findConfigKey(key);
  const fileLayer = layerFor(key, layer);
  if (text !== null && fileLayer === 'project' && isUserOnly(key, sources.userOnly))
    throw new AppError('invalid_input', `${key} cannot be set in a project's configuration: ${userOnlyHint(key)}`);
  const value = text === null || known === undefined ? undefined : parseValue(known, text);
  // Nothing is ignored here, so that a line that does not count can be removed.
  const read = (yaml: string, path: string) =>
    readYamlLayer(yaml, path, { ...sources, layer: fileLayer, userOnly: [] });
  const { file, isChanged, settings } = await rewriteConfigFile(
    fileLayer,
    sources,
    (before, path) =>
      known === undefined || value === undefined
        ? removeFrom(before, key, known, path, read)
        : setIn(before, known, value, path, read),
    text === null,
  );
  const set = settings.find((setting) => setting.key === key);
  const overriddenBy = findOverride(key, fileLayer, sources);
  return { key, value: set?.value, file, isChanged, place: set?.place ?? file, overriddenBy };
}

function layerFor(key: string, layer: 'user' | 'project'): FileLayerName {
  if (!isSecretKey(key)) return layer;
  if (layer === 'project') return 'secrets';
  const fix = "leave out --user to write it to the project's .maitred/.secrets.yaml";
  throw new AppError('invalid_input', `${key} is a secret, and the user's configuration may not hold secrets; ${fix}`);
}

function parseValue(known: ConfigKey, text: string): unknown {
  const value = isSecretKey(known.key) ? text : readSettingText(text, known.textForm);
  const [fault] = validateValue(known, value, 'command');
  if (fault === undefined) return value;
  throw new AppError('invalid_input', fault.message);
}

type Read = (text: string, path: string) => LayerReading;

function setIn(text: string, known: ConfigKey, value: unknown, path: string, read: Read): string {
  const { key } = known;
  const { root } = parsed(text, path);
  const before = read(text, path);
  const wanted = valuesOf(before);
  if (before.faults.length === 0 && isDeepStrictEqual(wanted.get(key), value)) return text;
  wanted.set(key, value);
  const setting = partsOf(key);
  const attempts = [uncommentSetting(text, known, setting, value), editSetting(text, root, setting, value)];
  const isWanted = (after: LayerReading) => after.faults.length === 0 && isDeepStrictEqual(valuesOf(after), wanted);
  return firstThat(isWanted, attempts, { text, key, path, before, read });
}

/** @param known undefined: the key is unknown; without a dot, it names an unknown section */
function removeFrom(text: string, key: string, known: ConfigKey | undefined, path: string, read: Read): string {
  const { root } = parsed(text, path);
  const before = read(text, path);
  const wanted = valuesOf(before);
  const setting = partsOf(key);
  const attempts =
    setting.name === ''
      ? [removeSection(text, root, setting.section)]
      : [
          known === undefined ? null : commentOutSetting(text, root, known, setting),
          removeSetting(text, root, setting),
        ];
  const isThere = wanted.delete(key) || findSetting(root, setting) !== null || attempts.some((edits) => edits !== null);
  // Names what was probably meant.
  if (!isThere && known === undefined) findConfigKey(key);
  if (!isThere) return text;
  const faults = new Set(before.faults.map(({ message }) => message));
  const isWanted = (after: LayerReading) =>
    after.faults.every(({ message }) => faults.has(message)) && isDeepStrictEqual(valuesOf(after), wanted);
  return firstThat(isWanted, attempts, { text, key, path, before, read });
}

interface Attempted {
  readonly text: string;
  readonly key: string;
  readonly path: string;
  readonly before: LayerReading;
  readonly read: Read;
}

/** @throws AppError the faults of the text, or `conflict` */
function firstThat(
  isWanted: (after: LayerReading) => boolean,
  attempts: readonly (readonly TextEdit[] | null)[],
  { text, key, path, before, read }: Attempted,
): string {
  for (const edits of attempts) {
    if (edits === null) continue;
    const after = applyEdits(text, edits);
    if (isWanted(read(after, path))) return after;
  }
  if (before.faults.length > 0) throw placedFaultsError(before.faults);
  throw cannotChange(key, path);
}

function parsed(text: string, path: string) {
  const yaml = parseYaml(text, path);
  if ('faults' in yaml) throw placedFaultsError(yaml.faults);
  return yaml;
}

function partsOf(key: string): YamlSetting {
  const [section = '', ...names] = key.split('.');
  return { section, name: names.join('.') };
}

const valuesOf = ({ settings }: LayerReading) =>
  new Map<string, unknown>(settings.map(({ key, value }) => [key, value]));

function cannotChange(key: string, path: string): AppError {
  const why = 'because of an alias, a comment inside a value, or an end mark';
  return new AppError('conflict', `${path}: ${key} cannot be changed on its own, ${why}; change it by hand`, {
    details: { path, key },
  });
}

function findOverride(key: string, layer: FileLayerName, sources: ConfigSources): string | null {
  const higher = layerNames.slice(layerNames.indexOf(layer) + 1);
  const found = higher.flatMap((name) => readLayer(name, sources).settings);
  return found.findLast((setting) => setting.key === key)?.place ?? null;
}
