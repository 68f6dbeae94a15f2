import { isJsonObject, parseJsonObject } from '../../../domain/json-object.ts';
import type { ProjectFiles } from './project-files.ts';

/** What package.json says of how the project is built and tested, in texts only. */
export interface PackageJson {
  readonly packageManager: string | null;
  readonly testScript: string | null;
}

/** null where there is no package.json, or none that can be read. */
export function readPackageJson(files: ProjectFiles): PackageJson | null {
  const content = parseJsonObject(files.read('package.json') ?? 'null');
  if (content === null) return null;
  const { packageManager, scripts } = content;
  return {
    packageManager: textOrNull(packageManager),
    testScript: isJsonObject(scripts) ? textOrNull(scripts.test) : null,
  };
}

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
