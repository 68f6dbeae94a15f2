const longestName = 244;

/** What no part of a ref's name may hold: blanks and control characters, and what means something in a revision or a pattern. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$|^@$/;

const isComponent = (component: string) => !component.startsWith('.') && !component.endsWith('.lock');

/**
 * Whether git takes this for the name of a branch (git-check-ref-format(1)): never an option, a revision or a pattern. `HEAD` and `@` are none.
 */
export function isBranchName(name: string): boolean {
  return (
    name !== '' &&
    name !== 'HEAD' &&
    name.length <= longestName &&
    !forbidden.test(name) &&
    name.split('/').every(isComponent)
  );
}
