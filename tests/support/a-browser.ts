import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeEach, expect, onTestFinished } from 'vitest';
import { noChromium } from './count-skipped-browser-tests.ts';
import { skipsBrowserTests } from './find-chromium.ts';
import { launchChromium } from './launch-chromium.ts';

export interface TabOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Keeps the responses that the page fetches, for `received`. This defeats backpressure: the page's stream is read at full speed. */
  readonly keepsResponses?: boolean;
}

/** A new tab. */
export interface Tab {
  readonly page: Page;
  /** Everything that a page with `keepsResponses` has received over the network so far, as text, including the stream. */
  received(): Promise<string>;
  /** Allows matching errors on the page's console. */
  expectComplaint(complaint: RegExp): void;
}

const patienceMs = 20_000;

/**
 * One browser for all tests of a file. Each link is opened in its own context, which is closed after the test.
 * The test fails if its page requests anything outside the link's origin, or has an error. Without a Chromium the tests of the file are skipped.
 */
export function oneBrowserForAll(): (link: string, options?: TabOptions) => Promise<Tab> {
  let launched: Promise<Browser> | undefined;
  beforeEach(({ skip }) => skip(skipsBrowserTests(), noChromium));
  afterAll(async () => (await launched)?.close());
  return async (link, options) => {
    launched ??= launchChromium();
    return openTab(await launched, link, options);
  };
}

async function openTab(browser: Browser, link: string, options: TabOptions = {}): Promise<Tab> {
  const { colorScheme = 'light', width = 1440, height = 900, keepsResponses = false } = options;
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, acceptDownloads: true });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const { origin } = new URL(link);
  const [strangers, complaints]: [string[], string[]] = [[], []];
  const files: Promise<string>[] = [];
  const expected: RegExp[] = [];
  // Of the context, because workers send requests too.
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
  if (keepsResponses) await page.addInitScript(copyResponses);
  await page.goto(link);
  return {
    page,
    received: async () =>
      [...(await Promise.all(files)), await page.evaluate(() => (globalThis as PageGlobal).receivedText ?? '')].join(
        '\n',
      ),
    expectComplaint: (complaint) => void expected.push(complaint),
  };
}

/** A 404 for an unknown chart is expected; browsers log it as an error. */
const mayBeMissing = /^\/charts\//;

const isInside = (url: string, origin: string) =>
  url.startsWith(`${origin}/`) || url.startsWith(`blob:${origin}/`) || url.startsWith('data:');

/** The global object of the page. */
type PageGlobal = typeof globalThis & { receivedText?: string };

/** Runs in the page before its own code. Copies responses as they arrive: the stream has no end. */
function copyResponses(): void {
  const pageGlobal = globalThis as PageGlobal;
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    const response = await realFetch(...args);
    void response
      .clone()
      .body?.pipeThrough(new TextDecoderStream())
      .pipeTo(
        new WritableStream({
          write(text: string) {
            pageGlobal.receivedText = (pageGlobal.receivedText ?? '') + text;
          },
        }),
      )
      .catch(() => undefined);
    return response;
  };
}
