import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { findChromium } from './find-chromium.ts';

/**
 * Starts the system's Chromium without a screen. The caller closes it.
 * @throws Error that names what to install, if there is none
 */
export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    ...options,
    executablePath: findChromium(),
    // Root and containers cannot create its sandbox; it shows only our own page.
    chromiumSandbox: false,
    // Otherwise a small /dev/shm and the machine's graphics would change the result.
    args: ['--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none', '--force-color-profile=srgb'],
  });
}
