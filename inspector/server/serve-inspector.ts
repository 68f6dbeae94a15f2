import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, toFault } from '../../src/domain/app-error.ts';
import { answer, sentence } from './answer.ts';
import { answerRequest, pathOf } from './answer-request.ts';
import { createEntrance } from './entrance.ts';
import { createGuard } from './guard-request.ts';
import type { InspectorDeps } from './inspector-deps.ts';
import { keepServers } from './keep-servers.ts';
import { createKnownCharts } from './known-charts.ts';
import { createPageFiles } from './page-files.ts';

/** The only address that the inspector is at. */
const address = '127.0.0.1';
const mostConnections = 128;
const requestLimitMs = 10_000;
/** So long is waited for who was refused to hang up. */
const lingerMs = 1_000;

export interface Inspector {
  readonly port: number;
  /** Who has it may look, from this machine, as long as the inspector is served. */
  readonly link: string;
  /** A link that lets in once. */
  issueLink(): string;
  /** Ends every page's stream and every connection to a server. Twice is safe. */
  close(): Promise<void>;
}

/**
 * Serves the inspector, on this machine only: a page, and a stream of what servers say. Nothing can be said to a server.
 * @throws AppError `conflict` when the port is taken, `forbidden` when this user may not have it, `unavailable` when the page cannot be read
 */
export async function serveInspector(deps: InspectorDeps): Promise<Inspector> {
  const files = createPageFiles(deps.pageDir);
  const charts = createKnownCharts(deps.chartsDir);
  const server = createServer({
    headersTimeout: requestLimitMs,
    requestTimeout: requestLimitMs,
    connectionsCheckingInterval: requestLimitMs / 10,
    // The guard says it in words.
    requireHostHeader: false,
  });
  server.maxConnections = mostConnections;
  const port = await listen(server, deps.port);
  const servers = keepServers(deps);
  const entrance = createEntrance(port);
  const answering = { ...deps, guard: createGuard(port), entrance, files, charts, servers };
  server.on('clientError', refuseGarbage).on('request', (request, response) => {
    const exchange = { request, response };
    answerRequest(exchange, answering).catch((problem) => {
      // A page that leaves in the middle of an answer.
      if (response.destroyed) return;
      deps.report(`${pathOf(request)} cannot be given: ${toFault(problem).message}`);
      if (response.headersSent) response.destroy();
      else answer(exchange, sentence(500, 'This cannot be read; maitred inspect says why on its terminal.'));
    });
  });
  const linkWith = (token: string) => `http://${address}:${port}/?token=${token}`;
  return {
    port,
    link: linkWith(entrance.token),
    issueLink: () => linkWith(entrance.issueToken()),
    async close() {
      servers.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (problem) => reject(cannotListen(port, problem)));
    server.listen({ host: address, port, exclusive: true }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function cannotListen(port: number, cause: Error & { readonly code?: string }): AppError {
  const mend = 'name another one with --port, or leave --port out for one that is free';
  const options = { details: { port }, cause };
  switch (cause.code) {
    case 'EADDRINUSE':
      return new AppError('conflict', `port ${port} of ${address} is taken: ${mend}`, options);
    case 'EACCES':
      return new AppError('forbidden', `this user may not listen on port ${port}: ${mend}`, options);
    default:
      return new AppError(
        'unavailable',
        `the inspector cannot be served on port ${port} (${cause.code}): ${mend}`,
        options,
      );
  }
}

/** What cannot be read as a request is answered by hand: there is no exchange. */
function refuseGarbage(problem: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || problem.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const words = 'This is no request of HTTP that the inspector can read.\n';
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${words.length}`,
  ];
  socket.end(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n${words}`);
  // Else those who never do would take up every connection that there is.
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
