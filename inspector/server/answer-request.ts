import { answer, type Exchange, sentence } from './answer.ts';
import { answerHeaders } from './answer-headers.ts';
import type { Entrance } from './entrance.ts';
import { giveRecording } from './give-recording.ts';
import { giveStream } from './give-stream.ts';
import type { GuardRequest } from './guard-request.ts';
import type { InspectorDeps } from './inspector-deps.ts';
import type { KeptServers } from './keep-servers.ts';
import type { KnownCharts } from './known-charts.ts';
import type { PageFiles } from './page-files.ts';

export interface AnswerDeps extends Pick<InspectorDeps, 'recordingFile' | 'watch'> {
  readonly guard: GuardRequest;
  readonly entrance: Entrance;
  readonly files: PageFiles;
  readonly charts: KnownCharts;
  readonly servers: Pick<KeptServers, 'follow'>;
}

const chartPath = /^\/charts\/([0-9a-f]+)\.json$/;

/** Answers one request; settles when there is nothing more to give. @throws what the system throws when a file cannot be read */
export async function answerRequest(exchange: Exchange, deps: AnswerDeps): Promise<void> {
  const { request } = exchange;
  const refusal = deps.guard(request);
  if (refusal !== null) return answer(exchange, refusal);
  const path = pathOf(request);
  const token = path === '/' ? new URLSearchParams(request.url?.slice(path.length)).get('token') : null;
  if (token !== null && deps.entrance.takeToken(token)) return answer(exchange, welcome(deps.entrance));
  if (token !== null || !deps.entrance.hasCookie(request.headers.cookie)) return answer(exchange, stranger);

  if (path === '/stream') return giveStream(exchange, deps);
  if (path === '/recording')
    return deps.recordingFile === null ? giveNone(exchange) : giveRecording(exchange, deps.recordingFile);
  const [, hash] = chartPath.exec(path) ?? [];
  const found = await (hash === undefined ? deps.files.answerTo(path) : deps.charts.answerTo(hash));
  answer(exchange, found ?? nothing);
}

/** Without what stands behind it, which may be the token. */
export const pathOf = ({ url = '' }: Exchange['request']): string => /^[^?]*/.exec(url)?.[0] ?? '';

/** The link is for the entrance only: what the address bar keeps has no token. */
const welcome = ({ cookie }: Entrance) => sentence(303, 'Come in.', { location: '/', 'set-cookie': cookie });

const stranger = sentence(
  403,
  'This is not the link to the inspector: open the one that maitred inspect printed when it began; it ends with the inspector.',
);

/** Every page asks for a recording; for what is not found, browsers write an error on their console. */
const giveNone = ({ response }: Exchange): void => void response.writeHead(204, answerHeaders).end();

const nothing = sentence(404, 'There is nothing here: the inspector is at /.');
