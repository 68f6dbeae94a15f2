import { configEnvName } from '../../domain/early-settings.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { quote } from '../yaml/describe-value.ts';
import { type ConfigKey, configKeys, configSections, suggestKey } from './config-keys.ts';
import type { LayerContext, LayerReading, Setting } from './layer.ts';
import { readSettingText } from './read-setting-text.ts';
import { validatePlacement } from './validate-placement.ts';
import { validateValue } from './validate-value.ts';

interface NamedText {
  readonly key: string;
  readonly text: string;
  readonly place: string;
  /** The key as this layer spells it. */
  spell(key: string): string;
  readonly known: ConfigKey | undefined;
}

const variableName = /^MAITRED_(.+?)__/i;

/** The settings in the environment: every `MAITRED_SECTION__KEY`. Other `MAITRED_` names are not settings. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  context: LayerContext,
): LayerReading {
  const texts = Object.entries(env).flatMap(([name, text]): NamedText[] => {
    if (text === undefined || !variableName.test(name)) return [];
    const key = name.slice('MAITRED_'.length).toLowerCase().replaceAll('__', '.');
    const known = configEnvName(key) === name ? configKeys.get(key) : undefined;
    return [{ key, text, place: name, spell: configEnvName, known }];
  });
  return readTexts(texts, context);
}

/** The settings on the command line, by dotted key. */
export function readFlags(flags: Readonly<Record<string, string>>, context: LayerContext): LayerReading {
  const spell = (key: string) => key;
  const texts = Object.entries(flags).map(([key, text]) => {
    return { key, text, place: `flag ${printable(key)}`, spell, known: configKeys.get(key) };
  });
  return readTexts(texts, context);
}

const printable = (name: string) => quote(name).slice(1, -1);

function readTexts(texts: readonly NamedText[], context: LayerContext): LayerReading {
  const settings: Setting[] = [];
  const faults: PlacedFault[] = [];
  for (const { key, text, place, spell, known } of texts) {
    const misplaced = validatePlacement(key, context);
    if (misplaced !== null) faults.push({ place, message: misplaced });
    else if (known === undefined) faults.push({ place, message: unknownKey(key, spell) });
    else {
      const value = readSettingText(text, known.textForm);
      const found = validateValue(known, value, context.layer);
      if (found.length === 0) settings.push({ key, value, place });
      for (const { message } of found) faults.push({ place, message });
    }
  }
  return { settings, faults, warnings: [] };
}

function unknownKey(key: string, spell: (key: string) => string): string {
  const suggested = suggestKey(key);
  const [section = ''] = key.split('.');
  const siblings = configSections.get(section);
  const expected =
    siblings === undefined
      ? `a key in one of the sections ${[...configSections.keys()].join(', ')}`
      : `one of ${[...siblings.values()].map((sibling) => spell(sibling.key)).join(', ')}`;
  const hint = suggested === undefined ? 'remove it' : `did you mean ${quote(spell(suggested))}?`;
  return `unknown setting; expected ${expected}; ${hint}`;
}
