const longestName = 244;

/** Not allowed in the name of a ref: blanks, control characters, and characters that are special in a revision or a pattern. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$|^@$/;

const isComponent = (component: string) => !component.startsWith('.') && !component.endsWith('.lock');

/** Whether git accepts this as the name of a branch (git-check-ref-format(1)). Options, revisions, patterns, `HEAD` and `@` are not accepted. */
export function isBranchName(name: string): boolean {
  return (
    name !== '' &&
    name !== 'HEAD' &&
    name.length <= longestName &&
    !forbidden.test(name) &&
    name.split('/').every(isComponent)
  );
}
