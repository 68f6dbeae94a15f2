import type { IncomingMessage } from 'node:http';
import { type Answer, sentence } from './answer.ts';

/** Says why a request is refused; null: it may be looked at. */
export type GuardRequest = (request: Pick<IncomingMessage, 'method' | 'headers'>) => Answer | null;

const names = ['127.0.0.1', 'localhost'];

/**
 * Lets through what a browser asks that was sent to this very address, by a person or by our own page: no page of another site, not even one
 * whose name leads to this machine, and nothing that could change something.
 */
export function createGuard(port: number): GuardRequest {
  const urls = names.map((name) => new URL(`http://${name}:${port}`));
  const hosts = urls.map(({ host }) => host);
  return ({ method = '', headers }) => {
    const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
    if (!hosts.includes(host)) return sentence(421, `The inspector is at http://${hosts[0]}, and under no other name.`);
    if (origin !== undefined && origin !== `http://${host}`)
      return sentence(403, 'The inspector answers no page but its own.');
    if (site !== 'none' && site !== 'same-origin')
      return sentence(
        403,
        'The inspector is not opened from another page: copy the link that maitred inspect printed into the address bar.',
      );
    if (method !== 'GET' && method !== 'HEAD')
      return sentence(405, 'The inspector can be looked at, and nothing else: ask with GET.', {
        allow: 'GET, HEAD',
        connection: 'close',
      });
    return null;
  };
}
