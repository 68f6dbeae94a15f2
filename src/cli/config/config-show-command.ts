import type { Command } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import type { ConfigSources, FlagValues } from '../../domain/early-settings.ts';
import { type PlacedFault, placedText } from '../../domain/placed-fault.ts';
import { printable } from '../../domain/printable-text.ts';
import { configKeys, configSections, findConfigKey } from '../../services/config/config-keys.ts';
import { readConfig } from '../../services/config/read-config.ts';
import { isSecretKey } from '../../services/config/validate-placement.ts';
import { quote } from '../../services/yaml/describe-value.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { projectOption, projectSourcesOf } from '../project-config.ts';
import { jsonText, type Paint, paintFor, writeRemark } from '../report.ts';
import { configFilesOf } from './config-path-command.ts';
import { secretMask, settingText } from './setting-text.ts';

interface ShowOptions {
  readonly project?: string;
  readonly set?: FlagValues;
  readonly json?: boolean;
}

/** `maitred config show`: every setting of a server of the project, and its origin. Writes no file. */
export function addConfigShowCommand(config: Command, host: CliHost): void {
  config
    .command('show')
    .description('show each setting and its origin; secrets are masked')
    .argument('[KEY]', 'a key or a section (default: all)')
    .option(...projectOption)
    .option('--set <KEY=VALUE>', 'show the effect of maitred serve --set KEY=VALUE; repeatable', addAssignment)
    .option('--json', 'print JSON, for programs')
    .addHelpText(
      ...examples('maitred config show', 'maitred config show logging.level --json | jq -r ".settings[].origin"'),
    )
    .action((key: string | undefined, { project, set = {}, json: asJson = false }: ShowOptions) => {
      const sources = projectSourcesOf(host, project, set);
      const { settings, warnings } = reportConfig(sources, key);
      for (const warning of warnings) writeRemark(host, placedText(warning));
      if (!asJson) {
        host.stdout.write(configText(settings, paintFor(host)));
        return;
      }
      const byKey = Object.fromEntries(settings.map(({ key: name, value, origin }) => [name, { value, origin }]));
      host.stdout.write(jsonText({ ...configFilesOf(sources), settings: byKey, warnings }));
    });
}

interface SettingReport {
  /** Dotted: `logging.level`. */
  readonly key: string;
  /** A secret that is set is masked. */
  readonly value: unknown;
  /** `file:line:col`, a variable's name, `flag <key>`, or `default`. */
  readonly origin: string;
}

interface ConfigReport {
  /** In the order of the schema. */
  readonly settings: readonly SettingReport[];
  /** Settings that are ignored where they are. */
  readonly warnings: readonly PlacedFault[];
}

/**
 * The settings of a project and their origins.
 * @param name a key or a section; undefined for all
 * @throws AppError `invalid_input` for an unknown name, and for a bad configuration, naming the places
 */
function reportConfig(sources: ConfigSources, name: string | undefined): ConfigReport {
  const keys = keysNamed(name);
  const { config, origins, warnings } = readConfig(sources);
  const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = config;
  const settings = keys.map((key) => {
    const [section = '', last = ''] = key.split('.');
    const value = values[section]?.[last];
    const shown = isSecretKey(key) && value !== null ? secretMask : value;
    return { key, value: shown, origin: origins.get(key) ?? 'default' };
  });
  return { settings, warnings };
}

function keysNamed(name: string | undefined): readonly string[] {
  if (name === undefined) return [...configKeys.keys()];
  const section = configSections.get(name);
  return section === undefined ? [findConfigKey(name).key] : [...section.values()].map(({ key }) => key);
}

/** A longer value shifts only its own origin to the right. */
const widestValue = 40;

/** The settings for people, one per line: key, value, origin. */
function configText(settings: readonly SettingReport[], paint: Paint): string {
  const rows = settings.map((setting) => ({ ...setting, value: settingText(setting.value) }));
  const keyWidth = Math.max(...rows.map(({ key }) => key.length));
  const valueWidth = Math.min(widestValue, Math.max(...rows.map(({ value }) => value.length)));
  return rows
    .map(({ key, value, origin }) => {
      const isDefault = origin === 'default';
      const shown = paint(isDefault ? 'faint' : 'good', value) + ' '.repeat(Math.max(0, valueWidth - value.length));
      return `${paint('strong', key.padEnd(keyWidth))}  ${shown}  ${paint('faint', printable(origin))}\n`;
    })
    .join('');
}

function addAssignment(text: string, earlier: FlagValues = {}): FlagValues {
  const equals = text.indexOf('=');
  const example = '--set readiness.wait_seconds=5';
  if (equals < 1) throw new AppError('invalid_input', `--set ${quote(text)} is not KEY=VALUE, such as ${example}`);
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}
