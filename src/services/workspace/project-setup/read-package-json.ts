import type { ProjectFiles } from './project-files.ts';

/** What package.json says of how the project is built and tested, in texts only. */
export interface PackageJson {
  readonly packageManager: string | null;
  readonly testScript: string | null;
}

/** null where there is no package.json, or none that can be read. */
export function readPackageJson(files: ProjectFiles): PackageJson | null {
  const content = parse(files.read('package.json') ?? 'null');
  if (!isObject(content)) return null;
  const { packageManager, scripts } = content;
  return {
    packageManager: textOrNull(packageManager),
    testScript: isObject(scripts) ? textOrNull(scripts.test) : null,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
