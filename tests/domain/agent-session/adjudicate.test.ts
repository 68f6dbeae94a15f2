import { describe, expect, it } from 'vitest';
import { adjudicate } from '../../../src/domain/agent-session/adjudicate.ts';
import type { AgentEvent } from '../../../src/domain/agent-session/agent-event.ts';
import type {
  SessionEnding,
  SessionEvidence,
  SessionOutcome,
} from '../../../src/domain/agent-session/session-outcome.ts';
import {
  aCommand,
  aContract,
  anOutput,
  aResult,
  aText,
  aWrite,
  init,
  marker,
  planPath,
  theEvidence,
  verdict,
} from './session-evidence.ts';

type Row = [
  session: string,
  events: readonly AgentEvent[],
  evidence: Partial<SessionEvidence>,
  outcome: readonly [SessionOutcome['kind'], SessionOutcome['subtype'], SessionOutcome['retryReason']],
];

const done = `The work is done.\n${marker}`;
const reported = [init, aResult(done)];
const unmarked = [init, aResult('The work is done.')];
const empty = [init, aResult('')];
const a = { channel: 'channel_a' } as const;
const b = { channel: 'channel_b' } as const;
const completed = {
  ending: 'completed',
  killReason: 'kill_after_completion',
  exit: { code: null, signal: 'SIGTERM' },
} as const;
const code = (exitCode: number) => ({ exit: { code: exitCode, signal: null } });
const killed = (ending: SessionEnding) =>
  ({ ending, killReason: 'infra_kill', exit: { code: null, signal: 'SIGKILL' } }) as const;
const promises = (...outputs: Parameters<typeof aContract>[0]) => ({ contract: aContract(outputs) });
const anError = (subtype: string, text = 'It broke.') => [init, aResult(text, { subtype, isError: true })];

const check = (_: string, events: readonly AgentEvent[], evidence: Partial<SessionEvidence>, outcome: Row[3]) => {
  const { kind, subtype, retryReason } = adjudicate(theEvidence(events, evidence));
  expect([kind, subtype, retryReason]).toEqual(outcome);
};

describe('A session that exits by itself', () => {
  it.each<Row>([
    [
      'with a complete report that speaks of a long prompt',
      [init, aResult(`It said: prompt is too long.\n${marker}`)],
      {},
      ['succeeded', 'success', 'none'],
    ],
    ['with a complete report', reported, {}, ['succeeded', 'success', 'none']],
    ['with a complete report that channel A has seen', reported, a, ['succeeded', 'success', 'none']],
    ['with a complete report and another exit code', reported, code(143), ['succeeded', 'success', 'none']],
    ['with a report without marker', unmarked, {}, ['retriable', 'missing_completion_marker', 'early_stop']],
    [
      'with a report that only mentions the marker',
      [init, aResult(`I print ${marker} later.`)],
      {},
      ['retriable', 'missing_completion_marker', 'early_stop'],
    ],
    [
      'with a report without marker and another exit code',
      unmarked,
      code(1),
      ['failed', 'missing_completion_marker', 'none'],
    ],
    ['with an empty report', empty, {}, ['retriable', 'empty_result', 'empty_output']],
    [
      'with a text that only names the marker on a line of its own, before one that gives up',
      [init, aText(`I shall end with\n${marker}\nNow I begin.`), aText('I give up.'), aResult('I give up.')],
      {},
      ['retriable', 'missing_completion_marker', 'early_stop'],
    ],
    ['with nothing but the marker', [init, aResult(marker)], {}, ['retriable', 'empty_result', 'empty_output']],
    ['without a report', [init, aText('I begin.')], {}, ['retriable', 'unparseable', 'empty_output']],
    [
      'without a report, after a line that is no record',
      [{ type: 'unreadable', sizeBytes: 9 }],
      {},
      ['retriable', 'unparseable', 'empty_output'],
    ],
    ['without output', [], {}, ['retriable', 'empty_output', 'empty_output']],
    ['without output and with another exit code', [], code(1), ['failed', 'empty_output', 'none']],
    ['with an interrupted report', anError('interrupted'), {}, ['retriable', 'interrupted', 'empty_output']],
    ['with an error', anError('error_during_execution'), {}, ['failed', 'error_during_execution', 'none']],
    [
      'with an error that calls itself a success',
      anError('success'),
      code(1),
      ['failed', 'adjudicated_failure', 'none'],
    ],
    ['with a word that nobody knows', anError('error_new_in_this_release'), {}, ['failed', 'unknown', 'none']],
    [
      'without its output lines and without writes',
      reported,
      promises(verdict),
      ['failed', 'adjudicated_failure', 'none'],
    ],
    [
      'with its output lines',
      [init, aResult(`**verdict** = GO\n${marker}`)],
      promises(verdict),
      ['succeeded', 'success', 'none'],
    ],
    [
      'without its output lines, but with a write',
      [...reported, aWrite('/work/project/a.md')],
      promises(verdict),
      ['retriable', 'adjudicated_failure', 'contract_recovery'],
    ],
    [
      'without the path of a file that it wrote',
      [...reported, aWrite('/work/project/a.md')],
      promises(planPath),
      ['succeeded', 'success', 'none'],
    ],
    [
      'without the path of a file that it wrote and another line',
      [...reported, aWrite('/work/project/a.md')],
      promises(planPath, verdict),
      ['retriable', 'adjudicated_failure', 'contract_recovery'],
    ],
    [
      'without the path of a file, after a write that failed',
      [
        aWrite('/work/project/a.md', 'w'),
        { type: 'toolResult', callId: 'w', isError: true, text: 'denied' },
        ...reported,
      ],
      promises(planPath),
      ['failed', 'adjudicated_failure', 'none'],
    ],
    [
      'without the path of a file that it wrote, seen by channel A',
      [...reported, aWrite('/work/project/a.md')],
      { ...a, ...promises(planPath) },
      ['retriable', 'adjudicated_failure', 'contract_recovery'],
    ],
    [
      'without the path of a file that it wrote, seen by channel B',
      [...reported, aWrite('/work/project/a.md')],
      { ...b, ...promises(planPath) },
      ['retriable', 'adjudicated_failure', 'contract_recovery'],
    ],
    [
      'with an output whose pattern is invalid',
      [init, aResult(`x = (\n${marker}`)],
      promises(anOutput('x', 'text', '(')),
      ['failed', 'adjudicated_failure', 'none'],
    ],
    [
      'without an output that it need not have',
      reported,
      { contract: aContract([{ ...verdict, isRequired: false }]) },
      ['succeeded', 'success', 'none'],
    ],
    ['with an empty report after channel A', empty, a, ['retriable', 'empty_result', 'drain_race']],
    [
      'with a report without marker after channel A',
      unmarked,
      a,
      ['retriable', 'missing_completion_marker', 'drain_race'],
    ],
    [
      'with a report without marker and lines after channel B',
      unmarked,
      { ...b, ...promises(verdict) },
      ['retriable', 'missing_completion_marker', 'drain_race'],
    ],
    [
      'with an empty report and without lines after channel B',
      empty,
      { ...b, ...promises(verdict) },
      ['retriable', 'empty_result', 'drain_race'],
    ],
    ['without output after channel B', [], b, ['retriable', 'empty_output', 'drain_race']],
    ['with a report without marker after channel B', unmarked, b, ['succeeded', 'success', 'none']],
    [
      'with output lines without marker after channel B',
      [init, aResult('verdict = GO')],
      { ...b, ...promises(verdict) },
      ['succeeded', 'success', 'none'],
    ],
    [
      'with an error after channel B',
      anError('error_during_execution'),
      b,
      ['failed', 'error_during_execution', 'none'],
    ],
    ['with all its turns used', anError('error_max_turns', ''), {}, ['retriable', 'error_max_turns', 'resume']],
    [
      'with all its turns used after channel B',
      anError('error_max_turns', ''),
      b,
      ['retriable', 'error_max_turns', 'resume'],
    ],
    [
      'with a full context and no report',
      [init, { type: 'contextExhausted' }],
      {},
      ['retriable', 'context_exhaustion', 'resume'],
    ],
    [
      'with a full context in its report',
      anError('success', 'Prompt is too long'),
      code(1),
      ['retriable', 'context_exhausted', 'resume'],
    ],
    [
      'with a full context in its errors',
      [init, aResult('', { subtype: 'error_during_execution', isError: true, errors: ['prompt is too long: 9 > 8'] })],
      {},
      ['retriable', 'error_during_execution', 'resume'],
    ],
    [
      'with a full context, which it has made room in',
      [init, { type: 'contextExhausted' }, aResult(done)],
      {},
      ['succeeded', 'success', 'none'],
    ],
    [
      'with a full context and no marker that was asked for',
      [init, { type: 'contextExhausted' }, aResult('Prompt is too long')],
      { marker: null },
      ['retriable', 'context_exhausted', 'resume'],
    ],
    ['without a marker that was asked for', unmarked, { marker: null }, ['succeeded', 'success', 'none']],
    [
      'without a marker that was asked for, with another exit code',
      unmarked,
      { marker: null, ...code(1) },
      ['failed', 'adjudicated_failure', 'none'],
    ],
    [
      'twice with a report, the last of which counts',
      [init, aResult(done), aResult('And on.')],
      {},
      ['retriable', 'missing_completion_marker', 'early_stop'],
    ],
  ])('%s', check);
});

describe('A session that is ended after it reported completion', () => {
  it.each<Row>([
    ['on channel A, with a complete report', reported, { ...completed, ...a }, ['succeeded', 'success', 'none']],
    [
      'on channel A, with a complete report and another exit code',
      reported,
      { ...completed, ...a, ...code(137) },
      ['succeeded', 'success', 'none'],
    ],
    ['on channel A, with an empty report', empty, { ...completed, ...a }, ['retriable', 'empty_result', 'resume']],
    [
      'on channel A, with a report without marker',
      unmarked,
      { ...completed, ...a },
      ['retriable', 'missing_completion_marker', 'drain_race'],
    ],
    [
      'on channel A, without output lines and writes',
      reported,
      { ...completed, ...a, ...promises(verdict) },
      ['failed', 'adjudicated_failure', 'none'],
    ],
    [
      'on channel B, with output lines',
      [init, aResult('verdict = STOP')],
      { ...completed, ...b, ...promises(verdict) },
      ['succeeded', 'success', 'none'],
    ],
    [
      'on channel B, before its report',
      [init, aText('Done.')],
      { ...completed, ...b },
      ['succeeded', 'success', 'none'],
    ],
    [
      'on channel B, before its report with the lines that it said',
      [init, aText('verdict = GO'), aText(marker)],
      { ...completed, ...b, ...promises(verdict) },
      ['succeeded', 'success', 'none'],
    ],
    [
      'on channel B, before its report and without the lines',
      [init, aText('Done.')],
      { ...completed, ...b, ...promises(verdict) },
      ['retriable', 'unparseable', 'drain_race'],
    ],
    [
      'on channel B, with an error of the kill',
      anError('error_during_execution'),
      { ...completed, ...b },
      ['succeeded', 'success', 'none'],
    ],
    [
      'on channel B, with an error and without the lines',
      anError('error_during_execution'),
      { ...completed, ...b, ...promises(verdict) },
      ['failed', 'error_during_execution', 'none'],
    ],
    [
      'on channel B, with all its turns used',
      anError('error_max_turns'),
      { ...completed, ...b },
      ['retriable', 'error_max_turns', 'resume'],
    ],
    ['on channel B, without a word', [init], { ...completed, ...b }, ['retriable', 'unparseable', 'drain_race']],
  ])('%s', check);
});

describe('A session that a limit ends', () => {
  it.each<Row>([
    ['silent, with a complete report', reported, killed('idle'), ['succeeded', 'success', 'none']],
    ['silent', [init, aText('I wait.')], killed('idle'), ['retriable', 'idle_stall', 'stale']],
    ['silent, with a report without marker', unmarked, killed('idle'), ['retriable', 'idle_stall', 'stale']],
    ['stale, with a complete report', reported, killed('stale'), ['succeeded', 'recovered_from_stale', 'none']],
    [
      'stale, with a complete report on channel A',
      reported,
      { ...killed('stale'), ...a },
      ['succeeded', 'recovered_from_stale', 'none'],
    ],
    ['stale', [init], killed('stale'), ['retriable', 'stale', 'stale']],
    [
      'stale, without the folder of its log',
      [init],
      { ...killed('stale'), channel: 'dir_missing' },
      ['retriable', 'stale', 'stale'],
    ],
    [
      'stale, without the folder of its log, with all said',
      [init, aText(done)],
      { ...killed('stale'), channel: 'dir_missing' },
      ['succeeded', 'recovered_from_stale', 'none'],
    ],
    [
      'stale, with a full context',
      [init, { type: 'contextExhausted' }],
      killed('stale'),
      ['retriable', 'context_exhaustion', 'resume'],
    ],
    ['at its deadline', [init, aText('I work.')], killed('timedOut'), ['failed', 'timeout', 'none']],
    ['at its deadline, with a complete report', reported, killed('timedOut'), ['succeeded', 'success', 'none']],
    [
      'at its deadline, in the tick in which channel B saw its end',
      [init, aText('Done.')],
      { ...killed('timedOut'), ...b },
      ['succeeded', 'success', 'none'],
    ],
    ['at its deadline, with a report without marker', unmarked, killed('timedOut'), ['failed', 'timeout', 'none']],
    [
      'at its deadline, with an error',
      anError('error_during_execution'),
      killed('timedOut'),
      ['failed', 'error_during_execution', 'none'],
    ],
    [
      'at its deadline, with all its turns used',
      anError('error_max_turns'),
      killed('timedOut'),
      ['retriable', 'error_max_turns', 'resume'],
    ],
    [
      'at its budget of dollars',
      [init, aText('I work.')],
      { ...killed('budget'), spent: 'usd' },
      ['failed', 'budget_usd', 'none'],
    ],
    [
      'at the budget of the server',
      [init],
      { ...killed('budget'), spent: 'server_tokens' },
      ['failed', 'budget_server_tokens', 'none'],
    ],
    [
      'at its budget, with all its turns used',
      anError('error_max_turns'),
      { ...killed('budget'), spent: 'turns' },
      ['failed', 'budget_turns', 'none'],
    ],
    [
      'at its budget, with a complete report',
      reported,
      { ...killed('budget'), spent: 'usd' },
      ['succeeded', 'success', 'none'],
    ],
    ['cancelled', [init, aText('I work.')], killed('cancelled'), ['failed', 'cancelled', 'none']],
    ['cancelled, with a complete report', reported, killed('cancelled'), ['succeeded', 'success', 'none']],
    ['without its tools', [init], killed('lostTools'), ['failed', 'lost_tools', 'none']],
    [
      'without its tools, which it did not need to claim success',
      reported,
      killed('lostTools'),
      ['failed', 'lost_tools', 'none'],
    ],
    ['before it started', [], { ...killed('notStarted'), exit: null }, ['failed', 'not_started', 'none']],
    [
      'with its server',
      [init, aText('I work.')],
      { ...killed('hostDied'), exit: null },
      ['retriable', 'crashed', 'resume'],
    ],
    ['with its server, before it had an id', [], { ...killed('hostDied'), exit: null }, ['failed', 'crashed', 'none']],
    [
      'with its server, with a complete report',
      reported,
      { ...killed('hostDied'), exit: null },
      ['succeeded', 'recovered_from_crash', 'none'],
    ],
    [
      'after it went on from an error, which is no report of its last process',
      [...anError('success', 'API Error: 529'), init, aText('I go on.')],
      killed('timedOut'),
      ['failed', 'timeout', 'none'],
    ],
  ])('%s', check);

  it('shows a success that was not complete as the limit, also in the word of the agent', () => {
    const late = adjudicate(theEvidence(unmarked, killed('timedOut')));
    expect([late.cliSubtype, late.isError]).toEqual(['timeout', true]);
    const silent = adjudicate(theEvidence(unmarked, killed('idle')));
    expect([silent.cliSubtype, silent.isError]).toEqual(['idle_stall', true]);
  });

  it('is not an error of the agent when it is stale', () => {
    expect(adjudicate(theEvidence([init], killed('stale'))).isError).toBe(false);
  });
});

describe('A session whose report lacks something recovers', () => {
  it('its result from what it said, if the process was ended before it printed it', () => {
    const events = [init, aText('I read.'), aText(`All is done.\n${marker}`)];
    const outcome = adjudicate(theEvidence(events, { ...completed, ...b, ...promises(verdict) }));
    expect(outcome).toMatchObject({ kind: 'failed', cliSubtype: 'success', result: 'I read.\nAll is done.' });
    expect(adjudicate(theEvidence(events, { ...completed, ...b })).result).toBe('I read.\nAll is done.');
    expect(adjudicate(theEvidence(events)).cliSubtype).toBe('unparseable');
  });

  it('its result from what it said before a marker that came as a message of its own', () => {
    const events = [init, aText('All is done.'), aText(`**${marker}**`), aResult(`**${marker}**`)];
    expect(adjudicate(theEvidence(events))).toMatchObject({ kind: 'succeeded', result: 'All is done.' });
  });

  it('its marker from the message before its result, but not from an earlier one', () => {
    const events = [init, aText(`Done.\n${marker}`), aText('Goodbye.'), aResult('Goodbye.')];
    expect(adjudicate(theEvidence(events))).toMatchObject({ kind: 'succeeded', result: 'Done.\nGoodbye.' });
    const earlier = [init, aText(`I will print\n${marker}`), aText('I read.'), aText('I stop.'), aResult('I stop.')];
    expect(adjudicate(theEvidence(earlier)).retryReason).toBe('early_stop');
  });

  it('output lines that it said earlier, if a channel confirmed its end', () => {
    const parts = anOutput('plan_parts', 'file_path_list', '^plan_parts[ \\t]*=\\s*/.+');
    const events = [
      init,
      aText('verdict = STOP'),
      aText('Here:\n**verdict** = GO\nplan_parts =\n/work/project/a.md\n/work/project/b.md\nThat is all.'),
      aResult(done),
    ];
    const promised = promises(verdict, parts);
    const outcome = adjudicate(theEvidence(events, { ...a, ...promised }));
    expect(outcome).toMatchObject({ kind: 'succeeded', missingOutputs: [] });
    expect(outcome.result).toBe(
      'The work is done.\nverdict = GO\nplan_parts =\n/work/project/a.md\n/work/project/b.md',
    );
    expect(adjudicate(theEvidence(events, promised)).kind).toBe('failed');
  });

  it('the path of a file from the last file that it wrote and that fits', () => {
    const plan = anOutput('plan_path', 'file_path', '^plan_path = /.+_plan\\.md$');
    const writes = ['/work/project/a_plan.md', '/work/project/b_plan.md', '/work/project/notes.md', 'c_plan.md'];
    const events = [init, ...writes.map((path) => aWrite(path)), aResult(done)];
    expect(adjudicate(theEvidence(events, promises(plan))).result).toBe(
      'plan_path = /work/project/b_plan.md\nThe work is done.',
    );
  });

  it('two paths from two files, and not from one', () => {
    const outputs = promises(planPath, { ...planPath, name: 'report_path', pattern: '^report_path[ \\t]*=[ \\t]*/.+' });
    const one = [init, aWrite('/work/project/a.md'), aResult(done)];
    expect(adjudicate(theEvidence(one, outputs)).retryReason).toBe('contract_recovery');
    const two = adjudicate(theEvidence([aWrite('/work/project/b.md'), ...one], outputs));
    expect(two.kind).toBe('succeeded');
    expect(two.result).toContain('plan_path = /work/project/a.md\nreport_path = /work/project/b.md');
  });

  it('no file for the path of a folder', () => {
    const folder = anOutput('out_dir', 'directory_path', '^out_dir[ \\t]*=[ \\t]*/.+');
    const events = [init, aWrite('/work/project/a.md'), aResult(done)];
    expect(adjudicate(theEvidence(events, promises(folder))).retryReason).toBe('contract_recovery');
  });
});

describe('After a nudge', () => {
  const first = [init, aWrite('/work/project/a.md'), aResult(`I chose.\n${marker}`)];

  it('the result is that of both processes, and succeeds if it has all lines then', () => {
    const events = [...first, init, aText(`verdict = GO\n${marker}`), aResult(`verdict = GO\n${marker}`)];
    const outcome = adjudicate(theEvidence(events, { ...promises(verdict), wasNudged: true }));
    expect(outcome).toMatchObject({ kind: 'succeeded', subtype: 'success', result: 'I chose.\nverdict = GO' });
  });

  it.each([
    ['fails', [init, aResult('API Error', { isError: true })]],
    ['prints nothing', [init]],
    ['never starts', []],
  ])('that %s, the session lacks what it lacked before', (_, nudge) => {
    const outcome = adjudicate(theEvidence([...first, ...nudge], { ...promises(verdict), wasNudged: true }));
    expect(outcome).toMatchObject({ retryReason: 'contract_recovery', result: 'I chose.' });
    expect(outcome.missingOutputs).toEqual(['verdict = <choice>']);
  });
});

describe('A gate', () => {
  const planAt = (path: string) => [init, aWrite('/work/project/a.md'), aResult(`plan_path = ${path}\n${marker}`)];

  it.each<Row>([
    [
      'holds a file outside the working directory',
      planAt('/work/other/a.md'),
      promises(planPath),
      ['retriable', 'path_contamination', 'path_contamination'],
    ],
    [
      'holds a file that is outside once the path is resolved',
      planAt('/work/project/../a.md'),
      promises(planPath),
      ['retriable', 'path_contamination', 'path_contamination'],
    ],
    [
      'holds a file in a folder whose name only begins alike',
      planAt('/work/project-2/a.md'),
      promises(planPath),
      ['retriable', 'path_contamination', 'path_contamination'],
    ],
    [
      'holds a file outside when other lines are missing',
      planAt('/work/other/a.md'),
      promises(planPath, verdict),
      ['retriable', 'path_contamination', 'path_contamination'],
    ],
    [
      'lets a file in the working directory pass',
      planAt('/work/project/a.md'),
      promises(planPath),
      ['succeeded', 'success', 'none'],
    ],
    [
      'lets another failure be what it is',
      [init, aResult('plan_path = /a.md')],
      promises(planPath),
      ['retriable', 'missing_completion_marker', 'early_stop'],
    ],
    [
      'lets the path of a worktree pass',
      [init, aResult(`worktree_path = /work/w\n${marker}`)],
      promises(anOutput('worktree_path', 'file_path', 'worktree_path')),
      ['succeeded', 'success', 'none'],
    ],
    [
      'lets a file in the promised worktree pass',
      [init, aResult(`worktree_path = /work/w\nplan_path = /work/w/a.md\n${marker}`)],
      { contract: aContract([planPath], { makesWorktree: true }) },
      ['succeeded', 'success', 'none'],
    ],
    [
      'holds a file in a worktree that was not promised',
      [init, aResult(`worktree_path = /work/w\nplan_path = /work/w/a.md\n${marker}`)],
      promises(planPath),
      ['retriable', 'path_contamination', 'path_contamination'],
    ],
    [
      'holds a file in a worktree that holds the working directory',
      [init, aResult(`worktree_path = /work\nplan_path = /work/w/a.md\n${marker}`)],
      { contract: aContract([planPath], { makesWorktree: true }) },
      ['retriable', 'path_contamination', 'path_contamination'],
    ],
    [
      'holds a success without writes where a skill always writes',
      reported,
      { contract: aContract([], { writes: 'always' }) },
      ['retriable', 'zero_writes', 'zero_writes'],
    ],
    [
      'lets a success with a write pass',
      [...reported, aWrite('/work/project/a.md')],
      { contract: aContract([], { writes: 'always' }) },
      ['succeeded', 'success', 'none'],
    ],
    [
      'holds a success without writes where its result asks for one',
      reported,
      { contract: aContract([], { writes: 'conditional', writesWhen: ['work', 'done'] }) },
      ['retriable', 'zero_writes', 'zero_writes'],
    ],
    [
      'lets a success without writes pass where its result asks for none',
      reported,
      { contract: aContract([], { writes: 'conditional', writesWhen: ['work', 'fixed'] }) },
      ['succeeded', 'success', 'none'],
    ],
    [
      'lets a success without writes pass where a skill never writes',
      reported,
      { contract: aContract([], { writes: 'never' }) },
      ['succeeded', 'success', 'none'],
    ],
    [
      'lets the third retry in a row pass',
      unmarked,
      { retriesBefore: 2 },
      ['retriable', 'missing_completion_marker', 'early_stop'],
    ],
    [
      'holds the fourth retry in a row',
      unmarked,
      { retriesBefore: 3 },
      ['failed', 'missing_completion_marker', 'budget_exhausted'],
    ],
    [
      'holds the fourth retry in a row of a stale session',
      [init],
      { ...killed('stale'), retriesBefore: 3 },
      ['failed', 'stale', 'budget_exhausted'],
    ],
    [
      'holds the fourth retry in a row for a contract',
      [...reported, aWrite('/work/project/a.md')],
      { ...promises(verdict), retriesBefore: 3 },
      ['failed', 'adjudicated_failure', 'budget_exhausted'],
    ],
    [
      'holds the fourth retry in a row without writes',
      reported,
      { contract: aContract([], { writes: 'always' }), retriesBefore: 9 },
      ['failed', 'zero_writes', 'budget_exhausted'],
    ],
    ['lets a success after many retries pass', reported, { retriesBefore: 9 }, ['succeeded', 'success', 'none']],
  ])('%s', check);
});

describe('The outcome of a session', () => {
  it('has the result without the marker', () => {
    expect(adjudicate(theEvidence(reported)).result).toBe('The work is done.');
  });

  it('has the result of the process that went on, without the error of the one before', () => {
    const events = [...anError('success', 'API Error: 529'), ...reported];
    expect(adjudicate(theEvidence(events))).toMatchObject({ kind: 'succeeded', result: 'The work is done.' });
  });

  it('has the last texts where there is no result', () => {
    expect(adjudicate(theEvidence([init, aText('One.'), aText('Two.')])).result).toBe('One.\nTwo.');
  });

  it('says how to go on where the context is full or the turns are used', () => {
    expect(adjudicate(theEvidence(anError('success', 'Prompt is too long'))).result).toMatch(
      /^The context .* full\. Continue/,
    );
    expect(adjudicate(theEvidence([...anError('error_max_turns', ''), aText('Half.')])).result).toBe(
      'The session used all its turns. Continue with a smaller task in a new session.\nHalf.',
    );
  });

  it('names the last worktree, of the result or of an earlier text', () => {
    const result = `worktree_path = relative\n**worktree_path** = /work/w1 \nworktree_path = /work/w2\r\n${marker}`;
    expect(adjudicate(theEvidence([init, aText('worktree_path = /work/w0'), aResult(result)])).worktreePath).toBe(
      '/work/w2',
    );
    expect(adjudicate(theEvidence([init, aText('worktree_path = /work/w0'), ...reported])).worktreePath).toBe(
      '/work/w0',
    );
    expect(adjudicate(theEvidence(reported)).worktreePath).toBeNull();
  });

  it('warns of paths outside the working directory without changing', () => {
    const outcome = adjudicate(theEvidence([aWrite('/etc/motd'), aCommand('ls /usr/share'), ...reported]));
    expect(outcome.kind).toBe('succeeded');
    expect(outcome.writePathWarnings).toEqual([
      '/etc/motd was written, outside /work/project.',
      'A shell command names /usr/share, outside /work/project.',
    ]);
  });

  it('names the lines that a nudge asks for', () => {
    const choice = { ...verdict, values: ['GO', 'STOP'] };
    expect(adjudicate(theEvidence(reported, promises(choice, planPath))).missingOutputs).toEqual([
      'verdict = GO | STOP',
      'plan_path = <absolute path of the file>',
    ]);
    expect(
      adjudicate(theEvidence([init, aResult(`verdict = GO\n${marker}`)], promises(choice))).missingOutputs,
    ).toEqual([]);
  });
});
