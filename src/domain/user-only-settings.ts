/**
 * Settings that move the person's secrets, run programs as the person, or say which of the person's folders may be emptied or removed. They count only from the user's file, the environment and
 * flags: a project's files come with a repository, which can be a stranger's. A name is that of a setting, or that of a section with `.*`
 * for everything below it. Names that the schema does not have yet are listed too, so that a new setting is protected when it comes.
 */
const userOnlySettings: readonly string[] = [
  'github.host',
  'github.api_url',
  'implement_gate.*',
  'notify.*',
  'run_skill.*',
  'safety.*',
  'telemetry.*',
  'workspace.runs_root',
  'wrap.*',
];

/**
 * Whether a setting, known or not, counts only from the user's file, the environment and flags.
 * @param key dotted, of any depth: `notify.url`
 */
export function isUserOnly(key: string, names: readonly string[] = userOnlySettings): boolean {
  return names.some((name) => `${key}.`.startsWith(`${name.replace(/\.\*$/, '')}.`));
}
