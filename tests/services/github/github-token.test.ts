import { describe, expect, it } from 'vitest';
import { logThrough } from '../../../src/domain/log-record.ts';
import { createGitHubToken, type GitHubTokenOptions } from '../../../src/services/github/github-token.ts';

/** A token service whose gh answers on command. */
function aTokenService(options: Partial<GitHubTokenOptions> = {}) {
  const known: string[] = [];
  const logged: string[] = [];
  let asked = 0;
  let answer: (token: string | null) => void = () => undefined;
  let fail: (problem: Error) => void = () => undefined;
  const service = createGitHubToken({
    configured: null,
    env: {},
    askGh: () => {
      asked += 1;
      return new Promise((resolve, reject) => {
        answer = resolve;
        fail = reject;
      });
    },
    onKnown: (token) => known.push(token),
    log: logThrough(({ event }) => logged.push(event)),
    ...options,
  });
  return {
    service,
    known,
    logged,
    asked: () => asked,
    answer: (token: string | null) => answer(token),
    fail: (problem: Error) => fail(problem),
  };
}

const env = { GITHUB_TOKEN: 'from-github-token', GH_TOKEN: 'from-gh-token' };

describe('the GitHub token', () => {
  it.each<[string, Partial<GitHubTokenOptions>, string]>([
    ['the configuration before all', { configured: 'from-config', env }, 'from-config'],
    ['GITHUB_TOKEN before GH_TOKEN', { env }, 'from-github-token'],
    ['GH_TOKEN before gh', { env: { GH_TOKEN: env.GH_TOKEN } }, 'from-gh-token'],
    ['what is not blank', { configured: '  ', env: { GITHUB_TOKEN: '', GH_TOKEN: ' gh-token\n' } }, 'gh-token'],
  ])('comes from %s, without asking gh, and can be redacted before anybody gets it', async (_, options, token) => {
    const { service, known, asked } = aTokenService(options);
    expect([service.isConfigured(), known]).toEqual([true, [token]]);
    expect(await service.get()).toBe(token);
    expect(asked()).toBe(0);
  });

  it('is asked of gh on first use, once for all callers', async () => {
    const { service, known, asked, answer } = aTokenService();
    expect([service.isConfigured(), asked()]).toEqual([null, 0]);
    const first = [service.get(), service.get()];
    expect(service.isConfigured()).toBe(null);
    answer('from-gh\n');
    expect(await Promise.all(first)).toEqual(['from-gh', 'from-gh']);
    expect(await service.get()).toBe('from-gh');
    expect([asked(), known, service.isConfigured()]).toEqual([1, ['from-gh'], true]);
  });

  it('is null if gh has none, and that is remembered', async () => {
    for (const said of [null, '', ' \n']) {
      const { service, known, asked, answer } = aTokenService();
      const first = service.get();
      answer(said);
      expect([await first, await service.get()]).toEqual([null, null]);
      expect([asked(), known, service.isConfigured()]).toEqual([1, [], false]);
    }
  });

  it('is null if gh fails; the log says why', async () => {
    const { service, asked, logged, fail } = aTokenService();
    const first = service.get();
    fail(new Error('no gh'));
    expect([await first, await service.get(), asked(), service.isConfigured()]).toEqual([null, null, 1, false]);
    expect(logged).toEqual(['gh_token_failed']);
    const broken = aTokenService({
      askGh: () => {
        throw new Error('at once');
      },
    });
    expect(await broken.service.get()).toBe(null);
  });

  it('is still found for other callers if one aborts', async () => {
    const { service, asked, answer } = aTokenService();
    const controller = new AbortController();
    const withdrawn = service.get(controller.signal);
    const other = service.get(new AbortController().signal);
    controller.abort(new Error('enough'));
    await expect(withdrawn).rejects.toThrow('enough');
    await expect(service.get(controller.signal)).rejects.toThrow('enough');
    answer('from-gh');
    expect([await other, asked()]).toEqual(['from-gh', 1]);
  });

  it.each(['qx1 qx2', 'qx1\u0000qx2', 'qx1\r\nX-Other: qx2', 'qx1\tqx2', 'qxé'])(
    'that cannot be one (%j) is refused with its place, and not shown, but still kept out of the log',
    async (token) => {
      const { service, known } = aTokenService({ env: { GH_TOKEN: token } });
      const refused = await service.get().catch((problem: unknown) => problem);
      expect(refused).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('from GH_TOKEN') });
      expect(JSON.stringify([refused, String(refused)])).not.toContain('qx');
      expect(known).toEqual([token]);
    },
  );

  it('from gh with invalid characters is rejected for every caller, except one that has aborted', async () => {
    const { service, answer } = aTokenService();
    const controller = new AbortController();
    const withdrawn = service.get(controller.signal);
    controller.abort(new Error('enough'));
    await expect(withdrawn).rejects.toThrow('enough');
    answer('You are not\nlogged in');
    await expect(service.get()).rejects.toThrow('from gh auth token');
    await expect(service.get()).rejects.toThrow('from gh auth token');
  });
});
