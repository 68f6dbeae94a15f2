import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../domain/app-error.ts';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { placedFaultsError } from '../../domain/placed-fault.ts';
import { isUserOnly } from '../../domain/user-only-settings.ts';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { commentOutSetting, uncommentSetting } from './commented-setting.ts';
import { type ConfigKey, findConfigKey } from './config-keys.ts';
import { editSetting, removeSetting } from './edit-yaml.ts';
import { type FileLayerName, type LayerReading, layerNames, type TrustRule } from './layer.ts';
import { readLayer } from './read-layer.ts';
import { readSettingText } from './read-setting-text.ts';
import { readYamlLayer } from './read-yaml-layer.ts';
import { rewriteConfigFile } from './rewrite-config-file.ts';
import { applyEdits } from './text-edit.ts';
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
 * Sets one key in a configuration file, or removes it, and leaves every other byte as it is.
 * @throws AppError `invalid_input` for an invalid key, value or file, and for a value that would not count in that file; `conflict` for a
 * file in which the key cannot be changed without changing something else; `unavailable` for a file that cannot be written. Then nothing
 * is written
 */
export async function changeSetting(
  sources: ConfigSources & TrustRule,
  { key, text, layer }: SettingChange,
): Promise<ChangedSetting> {
  const known = findConfigKey(key);
  const fileLayer = layerFor(known, layer);
  if (text !== null && fileLayer === 'project' && isUserOnly(key, sources.userOnly))
    throw new AppError('invalid_input', `${key} cannot be set in a project's configuration: ${userOnlyHint(key)}`);
  const value = text === null ? undefined : parseValue(known, text);
  const { file, isChanged, settings } = await rewriteConfigFile(fileLayer, sources, (before, path) =>
    // Nothing is ignored here, so that a line that does not count can be removed.
    changeText(before, { known, value }, path, (yaml) =>
      readYamlLayer(yaml, path, { ...sources, layer: fileLayer, userOnly: [] }),
    ),
  );
  const set = settings.find((setting) => setting.key === key);
  const overriddenBy = findOverride(key, fileLayer, sources);
  return { key, value: set?.value, file, isChanged, place: set?.place ?? file, overriddenBy };
}

function layerFor({ key }: ConfigKey, layer: 'user' | 'project'): FileLayerName {
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

/** @param value undefined removes the key */
function changeText(
  text: string,
  { known, value }: Pick<ChangedSetting, 'value'> & { readonly known: ConfigKey },
  path: string,
  read: (text: string) => LayerReading,
): string {
  const { key } = known;
  const yaml = parseYaml(text, path);
  if ('faults' in yaml) throw placedFaultsError(yaml.faults);
  const before = read(text);
  const wanted = new Map(before.settings.map((setting) => [setting.key, setting.value]));
  if (before.faults.length === 0 && isDeepStrictEqual(wanted.get(key), value)) return text;
  if (value === undefined) wanted.delete(key);
  else wanted.set(key, value);

  const [section = '', name = ''] = key.split('.');
  const root = yaml.root;
  const setting = { section, name };
  const attempts =
    value === undefined
      ? [commentOutSetting(text, root, known, setting), removeSetting(text, root, setting)]
      : [uncommentSetting(text, known, setting, value), editSetting(text, root, setting, value)];
  for (const edits of attempts) {
    if (edits === null) continue;
    const after = applyEdits(text, edits);
    const reading = read(after);
    if (reading.faults.length === 0 && isDeepStrictEqual(valuesOf(reading), wanted)) return after;
  }
  if (before.faults.length > 0) throw placedFaultsError(before.faults);
  throw cannotChange(key, path);
}

const valuesOf = ({ settings }: LayerReading) => new Map(settings.map(({ key, value }) => [key, value]));

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
