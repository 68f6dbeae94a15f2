import { expect, it } from 'vitest';
import { explainFailure } from '../../../src/domain/agent-session/explain-failure.ts';
import { noContract } from '../../../src/domain/agent-session/skill-contract.ts';
import { emptyDigest } from '../../../src/domain/agent-session/stream-digest.ts';
import { aResult } from '../../doubles/agent-sessions.ts';

const lacking = {
  kind: 'failed',
  subtype: 'adjudicated_failure',
  missingOutputs: ['plan_path = <absolute path of the file>'],
} as const;
const quiet = {
  ending: 'exited',
  digest: emptyDigest,
  exit: { code: 0, signal: null },
  killReason: 'natural_exit',
  contract: noContract,
} as const;

it('A session that lacks output lines says which', () => {
  expect(explainFailure(lacking, quiet)).toEqual([
    'The result lacks the line "plan_path = <absolute path of the file>".',
  ]);
});

it('A session that failed before its result does not speak of output lines', () => {
  expect(explainFailure({ ...lacking, subtype: 'timeout' }, quiet)).toEqual([]);
});

it('The errors that an agent reports are named, the first five', () => {
  const digest = { ...emptyDigest, result: aResult({ errors: ['1', '2', '3', '4', '5', '6'] }) };
  const failed = { ...lacking, subtype: 'error_during_execution' };
  const sentences = explainFailure(failed, { ...quiet, digest });
  expect(sentences).toHaveLength(5);
  expect(sentences[0]).toBe('The agent reported: 1');
});

it('A signal is named if it came from elsewhere', () => {
  const failed = { ...lacking, subtype: 'unparseable' };
  const exit = { code: null, signal: 'SIGSEGV' };
  expect(explainFailure(failed, { ...quiet, exit })).toEqual([
    'The process of the agent was ended by SIGSEGV; maitred did not send it.',
  ]);
  expect(explainFailure(failed, { ...quiet, exit, killReason: 'infra_kill' })).toEqual([]);
});

it('A session that started without tools that it needs names them', () => {
  const digest = { ...emptyDigest, tools: ['Read'] };
  const contract = { ...noContract, neededTools: ['Bash', 'Read', 'Write'] };
  const failed = { ...lacking, subtype: 'lost_tools' };
  expect(explainFailure(failed, { ...quiet, ending: 'lostTools', digest, contract })).toEqual([
    'It started without tools that its skill needs: Bash, Write.',
  ]);
  expect(explainFailure(failed, { ...quiet, digest, contract })).toEqual([]);
});

it('A session that succeeded needs no reason', () => {
  const digest = { ...emptyDigest, result: aResult({ errors: ['a warning'] }) };
  expect(explainFailure({ ...lacking, kind: 'succeeded' }, { ...quiet, digest })).toEqual([]);
});
