import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Starts the system's Chromium without a screen. The caller closes it.
 * @throws Error that names what to install, if there is none
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    // Root and containers cannot create its sandbox; it shows only our own page.
    chromiumSandbox: false,
    // Otherwise a small /dev/shm and the machine's graphics would change the result.
    args: ['--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none', '--force-color-profile=srgb'],
  });
}

function findChromium(): string {
  const named = process.env.MAITRED_CHROMIUM;
  const paths = (process.env.PATH ?? '').split(':').flatMap((dir) => names.map((name) => `${dir}/${name}`));
  const found = (named === undefined ? paths : [named]).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    named === undefined
      ? 'no Chromium found: install the package chromium (apt-get install chromium), or set MAITRED_CHROMIUM=/path/to/chromium'
      : `MAITRED_CHROMIUM names ${named}, which is not a program: set it to a Chromium, or unset it`,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
