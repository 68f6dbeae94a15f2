import { printable } from '../../domain/printable-text.ts';
import type { Paint } from '../paint.ts';
import type { SettingReport } from './config-report.ts';

/** A longer value shifts only its own origin to the right. */
const widestValue = 40;

/** The settings for people, one per line: key, value, origin. */
export function configText(settings: readonly SettingReport[], paint: Paint): string {
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

/** A value as `config set` accepts it. */
export function settingText(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : printable(value);
  return Array.isArray(value) ? `[${value.map(itemText).join(', ')}]` : String(value);
}

const itemText = (item: unknown): string => {
  const text = String(item);
  return /^[\w./~][\w./~@+-]*$/.test(text) ? text : printable(JSON.stringify(text));
};
