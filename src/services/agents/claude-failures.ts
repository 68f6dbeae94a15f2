import type { AgentAdapter } from './agent-adapter.ts';

/**
 * The oldest version whose stream was seen to report retries and the HTTP status of a failure, and whose flags exclude all of the person's own
 * setup. In older versions, a rate limit looks like any other failure.
 */
const oldest = '2.1.197';

const update = 'update it with npm install -g @anthropic-ai/claude-code@latest';

/** What Claude Code prints or reports, and what it means. The first that matches counts. */
const known: readonly (readonly [sign: RegExp, meaning: string])[] = [
  [
    /cannot be used with root\/sudo/,
    'Claude Code refuses to work without permission checks as root: run maitred as another user, or set IS_SANDBOX=1 for it if this machine is a sandbox with nothing to lose.',
  ],
  [
    /unknown option|Invalid setting source/,
    `This version of Claude Code does not know an option that maitred needs (${oldest} or newer does): ${update}.`,
  ],
  [
    /Not logged in|Please run \/login|Invalid API key|Failed to authenticate|OAuth token (?:has expired|revoked)/i,
    'Claude Code is not logged in: start claude once and log in, or set ANTHROPIC_API_KEY for maitred. A session does not read the settings files of Claude Code, so set the keys and addresses from there as environment variables.',
  ],
  [/Credit balance is too low/i, 'The account of this API key has no credit left: add some, or use another key.'],
  [
    /issue with the selected model/i,
    'The model does not exist, or this account may not use it: name another one in model, or in the setting model.default.',
  ],
  [
    /No conversation found with session ID|--resume requires a valid session ID/,
    'The session cannot be resumed: Claude Code has no log of it. Call run_skill again.',
  ],
];

/** The result of a session that worked may mention any of these texts, so only a short one is taken for an error. */
const longestError = 1_000;

export const explainClaude: AgentAdapter['explain'] = ({ stderr, result, version }) => {
  const texts = [stderr, result.length <= longestError ? result : ''];
  const meaning = known.find(([sign]) => texts.some((text) => sign.test(text)))?.[1];
  if (meaning !== undefined) return meaning;
  if (version === null || !isOlder(version, oldest)) return null;
  return `Claude Code ${version} is older than ${oldest}, which maitred needs: ${update}.`;
};

/** Numbers, separated by dots; anything else is not older. */
function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split('.').map(Number));
  if (ours === undefined || theirs === undefined || ours.some(Number.isNaN)) return false;
  const at = theirs.findIndex((part, index) => part !== (ours[index] ?? 0));
  return at >= 0 && (ours[at] ?? 0) < (theirs[at] ?? 0);
}
