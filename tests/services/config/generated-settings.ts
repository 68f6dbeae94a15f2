import fc from 'fast-check';
import { isUserOnly } from '../../../src/domain/user-only-settings.ts';
import { configKeys } from '../../../src/services/config/config-keys.ts';
import { isSecretKey } from '../../../src/services/config/validate-placement.ts';

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const someText = fc
  .oneof(word, fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }))
  .filter((text) => !/[\0/]/.test(text));
const path = fc.array(word, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const list = (item: fc.Arbitrary<string>) =>
  fc.array(item, { maxLength: 4 }).map((items) => `[${items.map((text) => JSON.stringify(text)).join(', ')}]`);
const whole = (min: number, max: number) => fc.integer({ min, max }).map(String);
const above0 = (max: number) => fc.double({ min: 0.001, max, noNaN: true }).map(String);

/** Texts that `config set` takes for each key. */
const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'logging.level': fc.constantFrom('DEBUG', 'info', 'Warning', 'ERROR'),
  'logging.json_output': fc.constantFrom('true', 'false', 'auto', 'null', ''),
  'logging.file': fc.boolean().map(String),
  'kitchen.visibility': fc.constantFrom('auto', 'gated', 'always'),
  'subsets.disabled': list(someText),
  'packs.enabled': list(fc.constantFrom('audit', 'research', 'exp-lens')),
  'readiness.wait_seconds': above0(86_400),
  'shutdown.drain_ms': whole(0, 60_000),
  'wire.max_message_mib': above0(1024),
  'wire.max_in_flight': whole(1, 1e9),
  'wire.max_waiting': whole(0, 1e9),
  'workspace.roots': list(fc.oneof(path, fc.constantFrom('~', '~/a b'))),
  'workspace.worktree_root': fc.oneof(path, fc.constant('')),
  'workspace.runs_root': fc.oneof(path, fc.constant('null')),
  'workspace.temp_dir': word,
  'run_cmd.max_output_mib': whole(1, 1_024),
  'run_skill.agent': fc.constantFrom('claude', 'command', 'script'),
  'run_skill.claude_path': fc.oneof(path, fc.constantFrom('~/bin/claude', 'null', '')),
  'run_skill.command': list(someText),
  'run_skill.script': fc.oneof(path, fc.constant('null')),
  'run_skill.env': list(someText),
  'run_skill.timeout': above0(86_400),
  'run_skill.idle_output_timeout': fc.oneof(above0(86_400), fc.constant('0')),
  'run_skill.stale_threshold': fc.oneof(above0(86_400), fc.constant('0')),
  'run_skill.max_suppression_seconds': above0(86_400),
  'run_skill.completion_drain_timeout': above0(86_400),
  'run_skill.natural_exit_grace_seconds': above0(86_400),
  'run_skill.exit_after_stop_delay_ms': whole(0, 60_000),
  'run_skill.max_pause_seconds': above0(86_400),
  'run_skill.completion_marker': fc.stringMatching(/^[A-Z_]{1,40}$/),
  'run_skill.budget_turns': fc.oneof(whole(1, 1e9), fc.constant('null')),
  'run_skill.budget_tokens': fc.oneof(whole(1, 1e9), fc.constant('null')),
  'run_skill.budget_usd': fc.oneof(above0(1e6), fc.constant('null')),
  'run_skill.server_budget_tokens': fc.oneof(whole(1, 1e9), fc.constant('null')),
  'run_skill.server_budget_usd': fc.oneof(above0(1e6), fc.constant('null')),
  'model.default': fc.oneof(word, fc.constantFrom('null', '')),
  'model.override': fc.oneof(word, fc.constant('null')),
  'implement_gate.marker': someText,
  'implement_gate.skill_names': list(someText),
  'test_check.command': list(someText),
  'test_check.timeout': above0(86_400),
  'classify_fix.path_prefixes': list(someText),
  'reset_workspace.command': list(someText),
  'reset_workspace.preserve_dirs': list(word),
  'safety.reset_guard_marker': someText.filter((text) => text !== '.' && text !== '..'),
  'safety.require_dry_walkthrough': fc.boolean().map(String),
  'read_db.timeout': above0(86_400),
  'read_db.max_rows': whole(1, 1_000_000),
  'github.token': someText,
  'github.default_repo': fc.tuple(word, word).map(([owner, name]) => `${owner}/${name}`),
  'linux_tracing.enabled': fc.boolean().map(String),
  'linux_tracing.proc_interval': above0(86_400),
};

export interface GeneratedSetting {
  readonly key: string;
  readonly text: string;
}

const settingFor = (key: string): fc.Arbitrary<GeneratedSetting> =>
  (texts[key] ?? someText).map((text) => ({ key, text }));

/** Any key that a project's files may set, with a text that is a value for it. */
export const aSetting: fc.Arbitrary<GeneratedSetting> = fc
  .constantFrom(...configKeys.keys())
  .filter((key) => !isUserOnly(key))
  .chain(settingFor);

/** A value as YAML, in a style that people use. */
function yamlFor({ key, text }: GeneratedSetting): fc.Arbitrary<string> {
  if (configKeys.get(key)?.textForm === 'yaml') return fc.constantFrom(text, text === '' ? '~' : text);
  if (!['list', 'command'].includes(configKeys.get(key)?.textForm ?? '')) return fc.constant(JSON.stringify(text));
  const items: readonly string[] = JSON.parse(text);
  const lines = items.map((item) => `\n    - ${JSON.stringify(item)} # item`);
  return fc.constantFrom(text, lines.length === 0 ? '[]' : lines.join('\n    # between'));
}

const comment = fc.constantFrom('', '# own', '  # indented', '# key: value');

/** A configuration file as people write them: some keys in any order, in blocks and braces, with comments and blank lines. */
export const aConfigText: fc.Arbitrary<string> = fc
  .uniqueArray(
    fc.constantFrom(...configKeys.keys()).filter((key) => !isSecretKey(key)),
    { maxLength: 8 },
  )
  .chain((keys) => fc.tuple(...keys.map(settingFor)))
  .chain((settings) =>
    fc.tuple(
      ...settings.map((setting) =>
        fc.record({ key: fc.constant(setting.key), yaml: yamlFor(setting), above: comment, behind: fc.boolean() }),
      ),
    ),
  )
  .chain((lines) => {
    const sections = groupBy(lines, ({ key }) => key.split('.')[0] ?? '');
    return fc.tuple(
      comment,
      fc.constantFrom('\n', '\r\n'),
      fc.tuple(
        ...[...sections].map(([section, inner]) =>
          fc.boolean().map((isBraced) => {
            const isFlat = inner.every(({ yaml }) => !yaml.includes('\n'));
            const entries = inner.map(
              ({ key, yaml }) => `${key.split('.')[1]}:${yaml.startsWith('\n') ? '' : ' '}${yaml}`,
            );
            if (isBraced && isFlat) return `${section}: { ${entries.join(', ')} } # ${section}`;
            const rows = inner.map(({ above, behind }, at) => {
              const row = `  ${entries[at]}${behind && !entries[at]?.includes('\n') ? ' # behind' : ''}`;
              return above === '' ? row : `${above}\n${row}`;
            });
            return `${section}: # ${section}\n${rows.join('\n')}\n`;
          }),
        ),
      ),
    );
  })
  .map(([head, lineBreak, sections]) => `${head}\n${sections.join('\n')}\n`.replaceAll('\n', lineBreak));

function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, readonly Item[]>();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return groups;
}
