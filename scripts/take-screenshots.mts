import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../tests/support/launch-chromium.ts';
import { type RunningInspector, startInspector } from '../tests/support/start-inspector.ts';
import { recordScenes } from './record-scenes.mts';

/** A screenshot of the inspector: what it shows, and how. */
interface Shot {
  readonly name: string;
  readonly file: string;
  /** Whether the docs use it; others are for review and go to a temporary folder. */
  readonly isKept?: boolean;
  /** The moment, as a number of messages; null: the end. */
  readonly moment: number | null;
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Prepares the page. */
  readonly before?: (page: Page) => Promise<void>;
}

const keptDir = resolve(import.meta.dirname, '../docs/images');
const otherDir = join(tmpdir(), 'maitred-pictures');
/** The states of the lifecycle, and their names in file names. */
const lives = {
  configure: 'configure',
  compose: 'compose',
  openTransport: 'open-transport',
  deferredInit: 'deferred-init',
  ready: 'ready',
  draining: 'draining',
  shutdown: 'shutdown',
  stopped: 'stopped',
} as const;

/** Takes the screenshots of the docs from recordings, so that they can be repeated. */
async function takeScreenshots(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-screenshots-'));
  const browser = await launchChromium();
  try {
    for (const folder of [keptDir, otherDir]) mkdirSync(folder, { recursive: true });
    const {
      lifecycle,
      recipe,
      'parallel-init': shop,
      calls,
      session,
    } = await recordScenes(dir, 'lifecycle', 'parallel-init', 'recipe', 'calls', 'session');
    const inLife = (state: string) => momentIn(lifecycle, 'lifecycle.x:0', (value) => value === state);
    const loading = momentIn(shop, 'shop.x:0', (value) => JSON.stringify(value).includes('"cold"'));
    const inSession = momentAfter(session, '"id":"c4"');
    await takeAll(browser, dir, [
      ...Object.entries(lives).map(([state, words]) => ({
        name: `lifecycle-${words}`,
        file: lifecycle,
        moment: inLife(state),
      })),
      { name: 'inspector', file: lifecycle, moment: inLife('deferredInit'), isKept: true },
      { name: 'inspector-dark', file: lifecycle, moment: inLife('deferredInit'), scheme: 'dark', isKept: true },
      { name: 'parallel-init', file: shop, moment: loading },
      { name: 'parallel-init-dark', file: shop, moment: loading, scheme: 'dark', isKept: true },
      { name: 'time-slider', file: lifecycle, moment: inLife('draining'), before: showTab('Sequence'), isKept: true },
      { name: 'calls', file: calls, moment: null, height: 1000, before: showCall, isKept: true },
      { name: 'calls-dark', file: calls, moment: null, scheme: 'dark', before: showCall },
      { name: 'session', file: session, moment: inSession, height: 900, before: showSession, isKept: true },
      { name: 'session-dark', file: session, moment: null, scheme: 'dark', before: showSession },
      { name: 'sixty-states', file: recipe, moment: null, isKept: true },
      { name: 'sixty-states-found-dark', file: recipe, moment: null, scheme: 'dark', before: find('slice') },
      {
        name: 'narrow',
        file: lifecycle,
        moment: inLife('deferredInit'),
        ...narrow,
        before: showTab('Chart'),
      },
      { name: 'narrow-dark', file: shop, moment: loading, ...narrow, scheme: 'dark', before: showTab('Chart') },
    ]);
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const narrow = { width: 420, height: 900 } as const;

const showTab = (name: string) => (page: Page) => page.getByRole('tab', { name }).click();

const showCall = async (page: Page) => {
  await showTab('Calls')(page);
  await page.getByRole('row').filter({ hasText: 'npm-test was not found' }).click();
  await page.getByRole('region', { name: 'Chosen call' }).getByRole('button', { name: 'npm-test' }).click();
};

const showSession = async (page: Page) => {
  await page.getByRole('treeitem', { name: /session \/make-plan/ }).click();
  await showTab('Session')(page);
};

const find = (state: string) => async (page: Page) => {
  await page.locator('[data-state].active').first().waitFor();
  const field = page.getByRole('searchbox', { name: 'Find a state' });
  await field.fill(state);
  await field.press('Enter');
};

async function takeAll(browser: Browser, dir: string, shots: readonly Shot[]): Promise<void> {
  const inspectors = new Map<string, RunningInspector>();
  const env = { PATH: process.env.PATH ?? '', HOME: dir, MAITRED_STATE_DIR: join(dir, 'state') };
  const program = resolve(import.meta.dirname, '../dist/maitred.js');
  try {
    for (const shot of shots) {
      const inspector =
        inspectors.get(shot.file) ?? (await startInspector({ program, cwd: dir, env, args: [shot.file] }));
      inspectors.set(shot.file, inspector);
      const path = join(shot.isKept === true ? keptDir : otherDir, `${shot.name}.png`);
      await take(browser, inspector.link, shot, path);
      process.stdout.write(`${path}\n`);
    }
  } finally {
    await Promise.all([...inspectors.values()].map((inspector) => inspector.leave()));
  }
}

async function take(browser: Browser, link: string, shot: Shot, path: string): Promise<void> {
  const { moment, scheme: colorScheme = 'light', width = 1280, height = 800, before } = shot;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  await page.goto(link);
  const slider = page.getByRole('slider', { name: 'Moment' });
  await slider.and(page.locator(':enabled')).waitFor();
  await before?.(page);
  if (moment !== null) await slider.fill(String(moment));
  await slider.focus();
  await slider.blur();
  await page.locator('[data-state].active').first().waitFor();
  // While a chart moves, the browser may show a scaled version of its last rendering.
  await page.locator('.chart-stage:not(.moving)').waitFor();
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  await context.close();
}

/** The moment after the first message with this text. */
function momentAfter(file: string, text: string): number {
  const at = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (at < 1) throw new Error(`${file} has no ${text}`);
  return at;
}

/** A late moment at which an actor has a value: simultaneous work has started by then. */
function momentIn(file: string, sessionId: string, isIt: (value: unknown) => boolean): number {
  const messages = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(
      (line) =>
        JSON.parse(line) as { type: string; sessionId?: string; value?: unknown; snapshot?: { value?: unknown } },
    );
  let isSo = false;
  const moments = messages.flatMap(({ type, sessionId: of, value, snapshot }, position) => {
    if (of === sessionId && type === '@xstate.microstep') isSo = isIt(value);
    if (of === sessionId && type === '@xstate.actor') isSo = isIt(snapshot?.value);
    return isSo ? [position + 1] : [];
  });
  const moment = moments[Math.floor(moments.length * 0.7)];
  if (moment === undefined) throw new Error(`${sessionId} is never so in ${file}`);
  return moment;
}

await takeScreenshots();
