import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect, inject, onTestFinished, type RunnerTestCase, TestRunner } from 'vitest';
import './at-worker-exit.ts';
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
 * Opens a link in a tab that looks new; the test is skipped if there is no Chromium.
 * The test fails if its page requests anything outside the link's origin, or has an error.
 */
export async function openTab(link: string, options: TabOptions = {}): Promise<Tab> {
  const { colorScheme = 'light', width = 1440, height = 900, keepsResponses = false } = options;
  const browser = await theBrowser();
  const { page, emptyPage } = idleTabs.pop() ?? (await createTab(browser));
  const context = page.context();
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, forcedColors: 'none' });
  const { origin } = new URL(link);
  const [strangers, complaints]: [string[], string[]] = [[], []];
  const files: Promise<string>[] = [];
  const expected: RegExp[] = [];
  // Of the context, because workers send requests too.
  context.on('request', (request) => {
    if (!isInside(request.url(), origin) && request.url() !== emptyPage) strangers.push(request.url());
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
    // A script that runs before the page cannot be removed.
    if (keepsResponses) await context.close();
    else await page.goto(emptyPage);
    context.removeAllListeners('request');
    for (const event of ['response', 'console', 'pageerror'] as const) page.removeAllListeners(event);
    expect(strangers).toEqual([]);
    expect(complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)))).toEqual([]);
    if (!keepsResponses) idleTabs.push({ page, emptyPage });
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

let launched: Promise<Browser> | undefined;

/** One browser for all tests of a worker: to start one takes as long as a test. The test is skipped if there is no Chromium. */
export function theBrowser(): Promise<Browser> {
  if (skipsBrowserTests()) TestRunner.getCurrentTest<RunnerTestCase>().context.skip(noChromium);
  launched ??= launchForWorker();
  return launched;
}

async function launchForWorker(): Promise<Browser> {
  // Playwright kills it when the worker exits; it would handle SIGTERM without an exit.
  // Killed, it leaves a folder, which is removed with the built programs.
  const env = { ...process.env, TMPDIR: dirname(inject('writeRecording')) };
  const browser = await launchChromium({ handleSIGTERM: false, env });
  // After a crash, the next test starts another one.
  browser.once('disconnected', () => {
    launched = undefined;
    idleTabs.length = 0;
  });
  return browser;
}

/** A tab between two tests. */
interface IdleTab {
  readonly page: Page;
  /** What it shows: a page of the host of all links, because Chromium starts a process for another host. */
  readonly emptyPage: string;
}

/** The next tests use them again: Chromium needs half of the time for a page in a tab that it has. */
const idleTabs: IdleTab[] = [];

async function createTab(browser: Browser): Promise<IdleTab> {
  const context = await browser.newContext({ acceptDownloads: true });
  context.setDefaultTimeout(patienceMs);
  const server = createServer((_, response) => void response.setHeader('content-type', 'text/html').end());
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const emptyPage = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { page: await context.newPage(), emptyPage };
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
