const longestName = 244;

/** What a ref's name may not contain: blanks, control characters, and what is special in a revision or a pattern. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$|^@$/;

const isComponent = (component: string) => !component.startsWith('.') && !component.endsWith('.lock');

/**
 * Whether git accepts this as the name of a branch (git-check-ref-format(1)): never an option, a revision or a pattern, nor `HEAD` or `@`.
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
