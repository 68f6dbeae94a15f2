import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Starts the Chromium of this system, without a screen. Whoever starts it closes it.
 * @throws Error that says what to install where there is none
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    // Root, and whoever runs in a container, cannot make its sandbox; what it shows is our own.
    chromiumSandbox: false,
    // Without them a small /dev/shm, and the graphics of the machine, would change what is seen.
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
      ? 'no Chromium is found: install the package chromium (apt-get install chromium), or name one with MAITRED_CHROMIUM=/path/to/chromium'
      : `MAITRED_CHROMIUM names ${named}, which is no program: name a Chromium, or take the variable away`,
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
