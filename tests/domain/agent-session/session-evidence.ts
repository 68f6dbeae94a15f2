import type { AgentEvent, AgentResult } from '../../../src/domain/agent-session/agent-event.ts';
import type { SessionEvidence } from '../../../src/domain/agent-session/session-outcome.ts';
import { noContract, type SkillContract, type SkillOutput } from '../../../src/domain/agent-session/skill-contract.ts';
import { emptyDigest, foldAgentEvent } from '../../../src/domain/agent-session/stream-digest.ts';

export const marker = '%%DONE::0a1b2c3d%%';

export const init: AgentEvent = {
  type: 'init',
  sessionId: 'session-1',
  model: 'model-1',
  version: '1.0.0',
  tools: ['Bash', 'Write'],
  mcpServers: [],
};

export const aText = (text: string): AgentEvent => ({ type: 'text', text });

export const aResult = (text: string, changes: Partial<AgentResult> = {}): AgentEvent => ({
  type: 'result',
  result: {
    subtype: 'success',
    isError: false,
    text,
    errors: [],
    turns: null,
    costUsd: null,
    usage: null,
    usageByModel: {},
    ...changes,
  },
});

export const aWrite = (filePath: string, id = filePath): AgentEvent => ({
  type: 'toolCall',
  id,
  name: 'Write',
  input: { file_path: filePath },
  filePath,
});

export const aCommand = (command: string): AgentEvent => ({
  type: 'toolCall',
  id: command,
  name: 'Bash',
  input: { command },
  filePath: null,
});

export const theDigest = (...events: readonly AgentEvent[]) => events.reduce(foldAgentEvent, emptyDigest);

export const anOutput = (name: string, type: SkillOutput['type'], pattern: string): SkillOutput => ({
  name,
  type,
  isRequired: true,
  pattern,
});

export const planPath = anOutput('plan_path', 'file_path', '^plan_path[ \\t]*=[ \\t]*/.+');
export const verdict = anOutput('verdict', 'choice', '^verdict[ \\t]*=[ \\t]*(?:GO|STOP)$');

export const aContract = (outputs: readonly SkillOutput[], changes: Partial<SkillContract> = {}): SkillContract => ({
  ...noContract,
  outputs,
  ...changes,
});

/** A session that exits by itself with code 0 after these events. */
export const theEvidence = (
  events: readonly AgentEvent[],
  changes: Partial<Omit<SessionEvidence, 'digest'>> = {},
): SessionEvidence => ({
  ending: 'exited',
  spent: null,
  channel: 'unmonitored',
  exit: { code: 0, signal: null },
  killReason: 'natural_exit',
  digest: theDigest(...events),
  stderrTail: '',
  marker,
  contract: noContract,
  cwd: '/work/project',
  retriesBefore: 0,
  wasNudged: false,
  ...changes,
});
