import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, toFault } from '../../src/domain/app-error.ts';
import { startTimer } from '../../src/domain/timers.ts';
import { createAccess } from './access.ts';
import { sendAnswer, textAnswer } from './answer.ts';
import { answerRequest, pathOf } from './answer-request.ts';
import { createGuard } from './guard-request.ts';
import type { InspectorDeps } from './inspector-deps.ts';
import { createKnownCharts } from './known-charts.ts';
import { createPageFiles } from './page-files.ts';
import { connectToServers } from './server-connections.ts';

/** The inspector listens on this address only. */
const address = '127.0.0.1';
const mostConnections = 128;
const requestLimitMs = 10_000;
/** A client whose request was rejected has this long to close the connection. */
const lingerMs = 1_000;

export interface Inspector {
  readonly port: number;
  /** Gives access from this machine, until the inspector is closed. */
  readonly link: string;
  /** A link that gives access once. */
  issueLink(): string;
  /** Ends every page's stream and every connection to a server. Twice is safe. */
  close(): Promise<void>;
}

/**
 * Serves the inspector on this machine: a page, and a stream of the messages of servers. It sends nothing to a server.
 * @throws AppError `conflict` if the port is taken, `forbidden` if this user may not use it, `unavailable` if the page cannot be read
 */
export async function serveInspector(deps: InspectorDeps): Promise<Inspector> {
  const files = createPageFiles(deps.pageDir);
  const charts = createKnownCharts(deps.chartsDir);
  const server = createServer({
    headersTimeout: requestLimitMs,
    requestTimeout: requestLimitMs,
    connectionsCheckingInterval: requestLimitMs / 10,
    // The guard answers with a sentence instead.
    requireHostHeader: false,
  });
  server.maxConnections = mostConnections;
  const port = await listen(server, deps.port);
  const servers = connectToServers(deps);
  const access = createAccess(port);
  const answering = { ...deps, guard: createGuard(port), access, files, charts, servers };
  server.on('clientError', rejectMalformed).on('request', (request, response) => {
    const exchange = { request, response };
    answerRequest(exchange, answering).catch((problem) => {
      // The page was closed during the answer.
      if (response.destroyed) return;
      deps.report(`${pathOf(request)} cannot be sent: ${toFault(problem).message}`);
      if (response.headersSent) response.destroy();
      else
        sendAnswer(exchange, textAnswer(500, 'This cannot be read. The terminal of maitred inspect shows the reason.'));
    });
  });
  const linkWith = (token: string) => `http://${address}:${port}/?token=${token}`;
  return {
    port,
    link: linkWith(access.token),
    issueLink: () => linkWith(access.issueOneTimeToken()),
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
  const fix = 'choose another one with --port, or omit --port to get a free one';
  const options = { details: { port }, cause };
  switch (cause.code) {
    case 'EADDRINUSE':
      return new AppError('conflict', `port ${port} of ${address} is taken: ${fix}`, options);
    case 'EACCES':
      return new AppError('forbidden', `this user may not listen on port ${port}: ${fix}`, options);
    default:
      return new AppError(
        'unavailable',
        `the inspector cannot be served on port ${port} (${cause.code}): ${fix}`,
        options,
      );
  }
}

/** Node has no request object for bytes that are not HTTP, so the answer is written by hand. */
function rejectMalformed(problem: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || problem.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const text = 'This is not a valid HTTP request.\n';
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${text.length}`,
  ];
  socket.end(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n${text}`);
  // Otherwise such clients could occupy all connections.
  startTimer(() => socket.destroy(), lingerMs);
}
