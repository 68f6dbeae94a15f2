import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { InspectorDeps, RunningServer } from '../../../inspector/server/inspector-deps.ts';
import { type Inspector, serveInspector } from '../../../inspector/server/serve-inspector.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An inspector on servers that the test simulates, and a client that sends only the cookies that it is given. */
export interface ServedInspector extends Inspector {
  readonly problems: readonly string[];
  /** Sets the running servers. */
  setServers(...running: readonly RunningServer[]): void;
  ask(path: string, asking?: Asking): Promise<Reply>;
  /** Exchanges the link for the cookie. */
  enter(): Promise<{ readonly cookie: string }>;
  /** Requests the stream and reads only the headers of the answer. */
  openStream(headers: Readonly<Record<string, string>>): Promise<IncomingMessage>;
}

export const aRunningServer = (change: Partial<RunningServer> = {}): RunningServer => ({
  serverId: 'server-a',
  pid: 42,
  version: '0.1.0',
  projectDir: '/home/someone/shöp',
  startedAtMs: Date.now() - 60_000,
  ...change,
});

export async function anInspector(deps: Partial<InspectorDeps> = {}): Promise<ServedInspector> {
  const dir = tempFolder();
  const pageDir = join(dir, 'inspector');
  const chartsDir = join(dir, 'charts');
  for (const folder of [pageDir, chartsDir]) mkdirSync(folder);
  writeFileSync(join(dir, 'secret.js'), 'a file beside the page');
  writeFileSync(join(pageDir, 'index.html'), '<!doctype html>');
  writeFileSync(join(pageDir, 'page.js'), 'the page');
  writeFileSync(join(pageDir, 'page.css'), '');
  writeFileSync(join(chartsDir, 'lifecycle.json'), '{"name":"lifecycle","hash":"c0ffee"}');
  const problems: string[] = [];
  let onServers: Parameters<InspectorDeps['followServers']>[0] = () => undefined;
  const inspector = await serveInspector({
    pageDir,
    chartsDir,
    port: 0,
    recordingFile: null,
    followServers: (listener) => {
      onServers = listener;
      return () => undefined;
    },
    watch: () => {
      throw new Error('there is no server');
    },
    nowMs: Date.now,
    report: (problem) => problems.push(problem),
    ...deps,
  });
  onTestFinished(() => inspector.close());
  const send = (path: string, { method = 'GET', headers = {} }: Asking) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: '127.0.0.1', port: inspector.port, path, method, headers, agent: false }, resolve)
        .on('error', reject)
        .end();
    });
  const ask = async (path: string, asking: Asking = {}) => {
    const answer = await send(path, asking);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
  };
  return {
    ...inspector,
    problems,
    setServers: (...running) => onServers(running),
    ask,
    async enter() {
      const { headers } = await ask(inspector.link.replace(/^http:\/\/[^/]+/, ''));
      const [cookie = ''] = headers['set-cookie'] ?? [];
      return { cookie: cookie.replace(/;.*/, '') };
    },
    async openStream(headers) {
      const answer = await send('/stream', { headers });
      answer.on('error', () => undefined);
      onTestFinished(() => void answer.destroy());
      return answer;
    },
  };
}
