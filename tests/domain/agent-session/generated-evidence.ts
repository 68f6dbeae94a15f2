import fc from 'fast-check';
import type { AgentEvent, TokenUsage } from '../../../src/domain/agent-session/agent-event.ts';
import type { SessionEvidence } from '../../../src/domain/agent-session/session-outcome.ts';
import { anOutput, marker, planPath, theDigest, verdict } from './session-evidence.ts';

const someTexts = [
  '',
  'Done.',
  marker,
  `Done.\n${marker}`,
  'prompt is too long',
  'verdict = GO',
  'API Error: 529',
  '**',
];
const paths = ['/work/project/a.md', '/work/other/b.md', 'c.md', '/'];
const lines = fc.constantFrom(...someTexts, ...paths.map((path) => `plan_path = ${path}`), `worktree_path = /w`);
const aLongerText = fc.array(fc.oneof(lines, fc.string()), { maxLength: 4 }).map((texts) => texts.join('\n'));
const text = fc.oneof(lines, aLongerText);
const name = fc.constantFrom('', 'a', 'b', '__proto__', 'constructor');
const count = fc.nat(1_000);

export const someUsage: fc.Arbitrary<TokenUsage> = fc.record({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
});

const subtypes = ['success', 'error_max_turns', 'error_during_execution', 'interrupted', 'error_max_budget_usd', ''];

const result = fc.record({
  // Half of the results are good ones.
  subtype: fc.oneof(fc.constant('success'), fc.constantFrom(...subtypes)),
  isError: fc.oneof(fc.constant(false), fc.boolean()),
  text: fc.oneof(fc.constant(`verdict = GO\nplan_path = /work/project/a.md\n${marker}`), text),
  errors: fc.array(text, { maxLength: 2 }),
  turns: fc.option(count),
  costUsd: fc.option(fc.double()),
  usage: fc.option(someUsage),
  usageByModel: fc.dictionary(name, someUsage, { maxKeys: 2 }),
});

const events: { readonly [Type in AgentEvent['type']]: fc.Arbitrary<Extract<AgentEvent, { type: Type }>> } = {
  init: fc.record({
    type: fc.constant('init'),
    sessionId: name,
    model: fc.option(name),
    version: fc.option(name),
    tools: fc.option(fc.array(name, { maxLength: 2 })),
    mcpServers: fc.constant([]),
  }),
  sessionId: fc.record({ type: fc.constant('sessionId'), sessionId: name }),
  text: fc.record({ type: fc.constant('text'), text }),
  toolCall: fc.record({
    type: fc.constant('toolCall'),
    id: name,
    name,
    input: fc.oneof(fc.record({ command: text }), fc.constant({})),
    filePath: fc.option(fc.constantFrom(...paths)),
  }),
  toolResult: fc.record({ type: fc.constant('toolResult'), callId: name, isError: fc.boolean(), text }),
  usage: fc.record({ type: fc.constant('usage'), messageId: name, model: name, usage: someUsage }),
  rateLimit: fc.record({
    type: fc.constant('rateLimit'),
    limit: fc.record({
      status: fc.constantFrom('allowed', 'warning', 'rejected'),
      window: name,
      resetsAtMs: fc.option(fc.nat()),
      utilization: fc.option(fc.double()),
    }),
  }),
  apiRetry: fc.record({
    type: fc.constant('apiRetry'),
    attempt: count,
    status: fc.option(fc.constantFrom(429, 500, 529)),
    delayMs: count,
  }),
  contextExhausted: fc.record({ type: fc.constant('contextExhausted') }),
  result: fc.record({ type: fc.constant('result'), result }),
  unreadable: fc.record({ type: fc.constant('unreadable'), sizeBytes: count }),
  other: fc.record({ type: fc.constant('other'), kind: name }),
};

export const someEvent: fc.Arbitrary<AgentEvent> = fc.oneof(...Object.values(events));

const outputs = fc.subarray([
  planPath,
  verdict,
  { ...anOutput('note', 'text', '^note = '), isRequired: false },
  anOutput('broken', 'text', '('),
  anOutput('list', 'file_path_list', '^list =\\s*/'),
]);

/** Of any session. A good half has few flaws, so that all outcomes come up. */
export const someEvidence: fc.Arbitrary<SessionEvidence> = fc.record({
  ending: fc.constantFrom(
    'exited',
    'completed',
    'idle',
    'stale',
    'timedOut',
    'budget',
    'cancelled',
    'lostTools',
    'notStarted',
    'hostDied',
  ),
  spent: fc.option(fc.constantFrom('turns', 'tokens', 'usd', 'server_tokens', 'server_usd')),
  channel: fc.constantFrom('channel_a', 'channel_b', 'unmonitored', 'dir_missing'),
  exit: fc.option(
    fc.record({
      code: fc.option(fc.constantFrom(0, 1, 143)),
      signal: fc.option(fc.constantFrom('SIGTERM', 'SIGSEGV')),
    }),
  ),
  killReason: fc.constantFrom('natural_exit', 'kill_after_completion', 'infra_kill', 'exception', 'not_applicable'),
  digest: fc.array(someEvent, { maxLength: 12 }).map((all) => theDigest(...all)),
  stderrTail: text,
  marker: fc.oneof(fc.constant(marker), fc.constant(null)),
  contract: fc.record({
    outputs: fc.oneof(fc.constant([]), outputs),
    writes: fc.constantFrom('always', 'never', 'conditional', 'unknown'),
    writesWhen: fc.subarray(['GO', '(', 'Done']),
    neededTools: fc.constant([]),
    makesWorktree: fc.boolean(),
  }),
  cwd: fc.constantFrom('/work/project', '/'),
  retriesBefore: fc.nat(5),
  wasNudged: fc.boolean(),
});
