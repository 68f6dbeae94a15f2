import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../doubles/temp-folder.ts';
import { noChromium, skippedBrowserTestsText } from './count-skipped-browser-tests.ts';
import { findChromium, skipsBrowserTests } from './find-chromium.ts';

describe('On a machine without a browser', () => {
  const PATH = '/none';

  it('tests with a browser are skipped, but not in CI', () => {
    expect(skipsBrowserTests({ PATH })).toBe(true);
    expect(skipsBrowserTests({})).toBe(true);
    expect(skipsBrowserTests({ PATH, CI: 'true' })).toBe(false);
  });

  it('they are an error that says what to install where they must run', () => {
    expect(() => findChromium({ PATH })).toThrow('apt-get install chromium');
  });

  it('they are not skipped where MAITRED_CHROMIUM names what is no program: that is an error', () => {
    const env = { PATH, MAITRED_CHROMIUM: '/none' };
    expect(skipsBrowserTests(env)).toBe(false);
    expect(() => findChromium(env)).toThrow('MAITRED_CHROMIUM names /none, which is not a program');
  });

  it('the last line counts them, and no others, and says how to get a browser', () => {
    const test = (state: string, note?: string) => ({ result: () => ({ state, note }) });
    const others = [test('passed'), test('skipped'), test('skipped', 'not as root')];
    expect(skippedBrowserTestsText(others)).toBe('');
    const all = [...others, test('skipped', noChromium), test('skipped', noChromium)];
    expect(skippedBrowserTestsText(all)).toBe(
      'no Chromium found: 2 tests with a browser were skipped. Install one (apt-get install chromium), or set MAITRED_CHROMIUM=/path/to/chromium.\n',
    );
  });
});

describe('On a machine with a browser', () => {
  it.each(['chromium', 'chromium-browser', 'google-chrome'])('%s is found on the PATH, and its tests run', (name) => {
    const dir = tempFolder();
    const program = join(dir, name);
    symlinkSync(process.execPath, program);
    const env = { PATH: `/none:${dir}` };
    expect(findChromium(env)).toBe(program);
    expect(skipsBrowserTests(env)).toBe(false);
    expect(findChromium({ PATH: '', MAITRED_CHROMIUM: program })).toBe(program);
  });
});
