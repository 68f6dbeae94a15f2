import { AppError, toFault } from '../../domain/app-error.ts';
import type { Log } from '../../domain/log-record.ts';

/** The GitHub token: from the configuration, else `GITHUB_TOKEN`, else `GH_TOKEN`, else from `gh auth token`. */
export interface GitHubToken {
  /**
   * Finds the token on first use, once for all callers, and remembers also that there is none. null if gh is missing or fails.
   * @throws AppError `invalid_input`, naming the source, for text that cannot be a token; the signal's reason if it is aborted, while other
   * callers go on waiting
   */
  get(signal?: AbortSignal): Promise<string | null>;
  /** Whether there is a token; null until gh has been asked. */
  isConfigured(): boolean | null;
}

export interface GitHubTokenOptions {
  /** `github.token` in the configuration. */
  readonly configured: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks gh; null if it has none. */
  askGh(): Promise<string | null>;
  /** Called with each token before `get` returns it, so that it can be redacted everywhere. */
  onKnown(token: string): void;
  readonly log: Log;
}

interface Found {
  readonly source: string;
  readonly token: string;
}

export function createGitHubToken({ configured, env, askGh, onKnown, log }: GitHubTokenOptions): GitHubToken {
  const keep = (source: string, text: string | null | undefined): Found | null => {
    const token = text?.trim() ?? '';
    if (token === '') return null;
    onKnown(token);
    return { source, token };
  };
  /** undefined until gh has answered. */
  let found: Found | null | undefined =
    keep('github.token in .maitred/.secrets.yaml', configured) ??
    keep('GITHUB_TOKEN', env.GITHUB_TOKEN) ??
    keep('GH_TOKEN', env.GH_TOKEN) ??
    undefined;
  let asking: Promise<void> | null = null;

  const ask = async () => {
    try {
      found = keep('gh auth token', await askGh());
    } catch (problem) {
      found = null;
      log.info('gh_token_failed', { error: toFault(problem).message });
    }
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

/** Other characters could become a second header or another argument. */
function checked({ source, token }: Found): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const flaw = 'contains blanks, control characters or non-ASCII characters';
  const message = `The GitHub token from ${source} ${flaw}: put only the token there.`;
  throw new AppError('invalid_input', message, { details: { source } });
}

/** Other callers still get the result. */
async function unlessAborted(work: Promise<void>, signal = new AbortController().signal): Promise<void> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  await Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
