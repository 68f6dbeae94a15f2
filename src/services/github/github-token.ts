import { AppError, toFault } from '../../domain/app-error.ts';
import type { Log } from '../../domain/log-record.ts';

/** The token for GitHub: from the configuration, else `GITHUB_TOKEN`, else `GH_TOKEN`, else what `gh auth token` says. */
export interface GitHubToken {
  /**
   * Looks for it on first use, once for all that ask; that there is none is remembered too. A gh that is missing or fails is none.
   * @throws AppError `invalid_input`, naming where it comes from, for one that cannot be a token; the signal's reason for the caller that
   * withdraws, while others go on waiting
   */
  get(signal?: AbortSignal): Promise<string | null>;
  /** Whether there is one; null while only gh could tell. */
  isConfigured(): boolean | null;
}

export interface GitHubTokenOptions {
  /** `github.token` in the configuration. */
  readonly configured: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks gh; null where it has none. */
  askGh(): Promise<string | null>;
  /** Called with each token as soon as it is known, before anybody gets it: so that it is written nowhere. */
  onKnown(token: string): void;
  readonly log: Log;
}

interface Found {
  readonly source: string;
  readonly token: string;
}

export function createGitHubToken({ configured, env, askGh, onKnown, log }: GitHubTokenOptions): GitHubToken {
  const keep = (source: string, said: string | null | undefined): Found | null => {
    const token = said?.trim() ?? '';
    if (token === '') return null;
    onKnown(token);
    return { source, token };
  };
  const known =
    keep('github.token in .maitred/.secrets.yaml', configured) ??
    keep('GITHUB_TOKEN', env.GITHUB_TOKEN) ??
    keep('GH_TOKEN', env.GH_TOKEN);
  let found: Found | null | undefined = known ?? undefined;
  let asking: Promise<Found | null> | null = null;

  const ask = async () => {
    try {
      found = keep('gh auth token', await askGh());
    } catch (problem) {
      found = null;
      log.info('gh_not_asked', { error: toFault(problem).message });
    }
    return found;
  };

  return {
    async get(signal) {
      signal?.throwIfAborted();
      if (found === undefined) {
        asking ??= ask();
        await unlessAborted(asking, signal);
      }
      return found == null ? null : checked(found);
    },
    isConfigured: () => (found === undefined ? null : found !== null),
  };
}

/** What is in it could otherwise end up as a second header, or as an argument of its own. */
function checked({ source, token }: Found): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new AppError(
    'invalid_input',
    `The GitHub token from ${source} holds blanks, control characters or letters beyond ASCII: put the token alone there.`,
    { details: { source } },
  );
}

/** The work goes on for others. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await work;
    return;
  }
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
