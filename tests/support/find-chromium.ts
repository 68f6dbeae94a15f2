import { accessSync, constants } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium that MAITRED_CHROMIUM names, or else the first on the PATH; null if that has none. */
function lookForChromium({ MAITRED_CHROMIUM: named, PATH = '' }: Environment): string | null {
  if (named === undefined) {
    const paths = PATH.split(':').flatMap((dir) => names.map((name) => `${dir}/${name}`));
    return paths.find(isProgram) ?? null;
  }
  if (isProgram(named)) return named;
  throw new Error(`MAITRED_CHROMIUM names ${named}, which is not a program: set it to a Chromium, or unset it`);
}

/** @throws Error that names what to install, if there is none */
export function findChromium(env: Environment = process.env): string {
  const found = lookForChromium(env);
  if (found !== null) return found;
  throw new Error(
    'no Chromium found: install the package chromium (apt-get install chromium), or set MAITRED_CHROMIUM=/path/to/chromium',
  );
}

/** Whether tests with a browser are skipped: without a Chromium, but not in CI, where they fail. */
export const skipsBrowserTests = (env: Environment = process.env): boolean =>
  env.CI !== 'true' && env.MAITRED_CHROMIUM === undefined && lookForChromium(env) === null;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
