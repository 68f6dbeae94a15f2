import type { SourceFile } from './source-file.ts';

const fileName = /^[a-z0-9]+(-[a-z0-9]+)*(\.(machine|setup|schema|d))?\.tsx?$/;
const folderName = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const nobodysNames = ['utils', 'util', 'helpers', 'helper', 'common', 'shared'];

export function findStrangeNames(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path }) => {
    const folders = path.split('/').filter((folder) => folder !== '..');
    const file = folders.pop() ?? '';
    const words = [...folders, file.replace(/\..*/, '')];
    return [
      ...(fileName.test(file) && folders.every((folder) => folderName.test(folder))
        ? []
        : [`${path} is not kebab-case`]),
      ...words.filter((word) => nobodysNames.includes(word)).map((word) => `${path}: ${word} says nothing`),
    ];
  });
}

export function findDefaultExports(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ tokens }) =>
      tokens.some(({ kind, text }, at) => {
        const before = tokens[at - 1]?.text;
        return (
          kind === 'word' && text === 'default' && (before === 'export' || (before === 'as' && isInExport(tokens, at)))
        );
      }),
    )
    .map(({ path }) => `${path} has a default export`);
}

/** `export { x as default }`, not `import { default as x }`. */
function isInExport(tokens: SourceFile['tokens'], at: number): boolean {
  const brace = tokens.slice(0, at).findLastIndex(({ kind, text }) => kind === 'mark' && text === '{');
  return tokens[brace - 1]?.text === 'export';
}
