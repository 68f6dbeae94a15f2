import { type ProjectFiles, readPackageJson, taskFiles } from './project-files.ts';

export interface DetectedPackageManager {
  readonly name: string;
  /** The file that shows it. */
  readonly file: string;
}

/** The most reliable signs first: lockfiles, then manifests, then task runners. */
const signs: Readonly<Record<string, string>> = {
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'package.json': 'npm',
  'Cargo.toml': 'cargo',
  'go.mod': 'go',
  'uv.lock': 'uv',
  'poetry.lock': 'poetry',
  'pyproject.toml': 'pip',
  'requirements.txt': 'pip',
  'setup.py': 'pip',
  ...Object.fromEntries(Object.entries(taskFiles).flatMap(([name, files]) => files.map((file) => [file, name]))),
};

/** What the project is built with. `packageManager` in package.json overrides every lockfile. */
export function detectPackageManager(files: ProjectFiles): DetectedPackageManager | null {
  const named = /^(npm|pnpm|yarn|bun)@/.exec(readPackageJson(files)?.packageManager ?? '')?.[1];
  if (named !== undefined) return { name: named, file: 'package.json' };
  const sign = Object.entries(signs).find(([file]) => files.has(file));
  return sign === undefined ? null : { name: sign[1], file: sign[0] };
}
