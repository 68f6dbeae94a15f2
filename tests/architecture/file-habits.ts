import type { SourceFile } from './source-file.ts';

const fileName = /^[a-z0-9]+(-[a-z0-9]+)*(\.(machine|setup|schema|d))?\.tsx?$/;
const folderName = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const emptyNames = ['utils', 'util', 'helpers', 'helper', 'common', 'shared'];

export function findBadNames(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path }) => {
    const folders = path.split('/').filter((folder) => folder !== '..');
    const file = folders.pop() ?? '';
    const words = [...folders, file.replace(/\..*/, '')];
    return [
      ...(fileName.test(file) && folders.every((folder) => folderName.test(folder))
        ? []
        : [`${path} is not kebab-case`]),
      ...words.filter((word) => emptyNames.includes(word)).map((word) => `${path}: ${word} names nothing`),
    ];
  });
}

export function findDefaultExports(files: readonly SourceFile[]): string[] {
  return files.filter(({ hasDefaultExport }) => hasDefaultExport).map(({ path }) => `${path} has a default export`);
}

/** Where `JSON.stringify` may be used, and why. */
const jsonWriters: Readonly<Record<string, string>> = {
  'domain/encode-json.ts': 'everything else uses this',
  'services/client-plugin/hooks-file.ts': 'compares, and writes none of it',
};

/** Other files that write JSON by themselves. The pages of the inspector show texts as they are. */
export function findForeignJson(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, names }) => names.has('stringify') && !(path in jsonWriters))
    .filter(({ path }) => !path.startsWith('../inspector/') || path.startsWith('../inspector/server/'))
    .map(({ path }) => `${path} uses JSON.stringify in place of encodeJson`);
}
