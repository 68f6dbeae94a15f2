import type { IncomingMessage } from 'node:http';
import { type Answer, textAnswer } from './answer.ts';

/** The answer to a request that is refused; null: it is allowed. */
export type GuardRequest = (request: Pick<IncomingMessage, 'method' | 'headers'>) => Answer | null;

const names = ['127.0.0.1', 'localhost'];

/**
 * Allows read requests to exactly this address, from a person or from our own page. Refuses pages of other sites, including those whose host name resolves
 * to this machine.
 */
export function createGuard(port: number): GuardRequest {
  const urls = names.map((name) => new URL(`http://${name}:${port}`));
  const hosts = urls.map(({ host }) => host);
  return ({ method = '', headers }) => {
    const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
    if (!hosts.includes(host)) return textAnswer(421, `The inspector answers only at http://${hosts[0]}.`);
    if (origin !== undefined && origin !== `http://${host}`)
      return textAnswer(403, 'The inspector answers only its own page.');
    if (site !== 'none' && site !== 'same-origin')
      return textAnswer(
        403,
        'The inspector cannot be opened from another page. Copy the link that maitred inspect printed into the address bar.',
      );
    if (method !== 'GET' && method !== 'HEAD')
      return textAnswer(405, 'The inspector is read-only: use GET.', {
        allow: 'GET, HEAD',
        connection: 'close',
      });
    return null;
  };
}
