import type { Access } from './access.ts';
import { answerHeaders, type Exchange, sendAnswer, textAnswer } from './answer.ts';
import type { GuardRequest } from './guard-request.ts';
import type { InspectorDeps } from './inspector-deps.ts';
import type { KnownCharts } from './known-charts.ts';
import type { PageFiles } from './page-files.ts';
import { sendRecording } from './send-recording.ts';
import { sendStream } from './send-stream.ts';
import type { ServerConnections } from './server-connections.ts';

export interface AnswerDeps extends Pick<InspectorDeps, 'recordingFile' | 'watch'> {
  readonly guard: GuardRequest;
  readonly access: Access;
  readonly files: PageFiles;
  readonly charts: KnownCharts;
  readonly servers: Pick<ServerConnections, 'follow' | 'textsOf'>;
}

const chartPath = /^\/charts\/([0-9a-f]+)\.json$/;

/** Answers one request; settles when the answer is complete. @throws the system's error if a file cannot be read */
export async function answerRequest(exchange: Exchange, deps: AnswerDeps): Promise<void> {
  const { request } = exchange;
  const refusal = deps.guard(request);
  if (refusal !== null) return sendAnswer(exchange, refusal);
  const path = pathOf(request);
  const token = path === '/' ? new URLSearchParams(request.url?.slice(path.length)).get('token') : null;
  if (token !== null && deps.access.redeemToken(token)) return sendAnswer(exchange, redirectToPage(deps.access));
  if (token !== null || !deps.access.hasCookie(request.headers.cookie)) return sendAnswer(exchange, noAccess);

  if (path === '/stream') return sendStream(exchange, deps);
  if (path === '/recording')
    return deps.recordingFile === null ? sendNoRecording(exchange) : sendRecording(exchange, deps.recordingFile);
  const [, hash] = chartPath.exec(path) ?? [];
  const found = await (hash === undefined ? deps.files.answerTo(path) : deps.charts.answerTo(hash));
  sendAnswer(exchange, found ?? notFound);
}

/** Without the query, which may contain the token. */
export const pathOf = ({ url = '' }: Exchange['request']): string => /^[^?]*/.exec(url)?.[0] ?? '';

/** The address of the page has no token, so the browser does not store one. */
const redirectToPage = ({ cookie }: Access) =>
  textAnswer(303, 'The inspector is at /.', { location: '/', 'set-cookie': cookie });

const noAccess = textAnswer(
  403,
  'This link does not open the inspector. Open the one that maitred inspect printed; it is valid until that command ends.',
);

/** Every page asks for a recording, and browsers log an error for a 404. */
const sendNoRecording = ({ response }: Exchange): void => void response.writeHead(204, answerHeaders).end();

const notFound = textAnswer(404, 'Not found. The inspector is at /.');
