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
