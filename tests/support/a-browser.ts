import type { Browser, Page } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';
import { launchChromium } from './launch-chromium.ts';

export interface TabOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Keeps what the page fetches, for `received`. It makes the page read faster than it wants to. */
  readonly overhears?: boolean;
}

/** A tab that nobody has used before. */
export interface Tab {
  readonly page: Page;
  /** Everything that a page that is overheard has got over the network so far, as text: the stream of events as far as it has come. */
  received(): Promise<string>;
  /** The page is about to say these on its console, and is meant to. */
  expectComplaint(complaint: RegExp): void;
}

const patienceMs = 20_000;

/**
 * One browser for all tests of a file. Each link is opened in a context of its own, which goes with the test.
 * The test fails when its page asks for anything outside of the link's origin, or has an error.
 */
export function oneBrowserForAll(): (link: string, options?: TabOptions) => Promise<Tab> {
  let launched: Promise<Browser> | undefined;
  afterAll(async () => (await launched)?.close());
  return async (link, options) => {
    launched ??= launchChromium();
    return openTab(await launched, link, options);
  };
}

async function openTab(browser: Browser, link: string, options: TabOptions = {}): Promise<Tab> {
  const { colorScheme = 'light', width = 1440, height = 900, overhears = false } = options;
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, acceptDownloads: true });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const { origin } = new URL(link);
  const [strangers, complaints]: [string[], string[]] = [[], []];
  const files: Promise<string>[] = [];
  const expected: RegExp[] = [];
  // Workers ask too, and what a page only wants to ask is stopped here.
  context.on('request', (request) => {
    if (!isInside(request.url(), origin)) strangers.push(request.url());
  });
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'fetch') files.push(response.text().catch(() => ''));
  });
  page.on('console', (message) => {
    const isAnswer = mayBeMissing.test(new URL(message.location().url || link).pathname);
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (problem) => void complaints.push(String(problem)));
  onTestFinished(async () => {
    await context.close();
    expect(strangers).toEqual([]);
    expect(complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)))).toEqual([]);
  });
  if (overhears) await page.addInitScript(overhearFetch);
  await page.goto(link);
  return {
    page,
    received: async () =>
      [...(await Promise.all(files)), await page.evaluate(() => (globalThis as Listening).heard ?? '')].join('\n'),
    expectComplaint: (complaint) => void expected.push(complaint),
  };
}

/** That the build does not know a chart is an answer too; a browser writes it on the console. */
const mayBeMissing = /^\/charts\//;

const isInside = (url: string, origin: string) =>
  url.startsWith(`${origin}/`) || url.startsWith(`blob:${origin}/`) || url.startsWith('data:');

/** In the page. */
type Listening = typeof globalThis & { heard?: string };

/** Runs in the page, before anything of it: a stream has no end at which its text could be asked for. */
function overhearFetch(): void {
  const listening = globalThis as Listening;
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    const response = await realFetch(...args);
    void response
      .clone()
      .body?.pipeThrough(new TextDecoderStream())
      .pipeTo(
        new WritableStream({
          write(text: string) {
            listening.heard = (listening.heard ?? '') + text;
          },
        }),
      )
      .catch(() => undefined);
    return response;
  };
}
