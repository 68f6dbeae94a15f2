import { describe } from 'vitest';
import { createActor } from 'xstate';
import { AppError } from '../../src/domain/app-error.ts';
import {
  type AgentSessionEvent,
  agentSessionMachine,
  agentSessionWork,
  createAgentSessionMachine,
} from '../../src/machines/agent-session.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { nothing, sessionLimits } from './agent-session-model.ts';
import { after, broken, done, fails, type Row, type Run, type Story, testStories } from './stories.ts';

const cancel: AgentSessionEvent = { type: 'CANCEL' };

/** A session of ten minutes, whose pauses may take an hour. */
const limits = { ...sessionLimits, pausedMs: 3_600_000 };

const racers = [
  'waitForExit',
  'waitForResult',
  'waitForCompletion',
  'waitForSilence',
  'waitForStaleLog',
  'waitForLostTools',
  'waitForSpentBudget',
];

const defect = { code: 'internal', message: 'broken' };

type Rows = readonly Row<AgentSessionEvent>[];

const begins: Rows = [
  ['preparing', done('prepareSession'), 'spawning', { starts: { startAgent: { sessionId: 7, round: 'first' } } }],
  ['spawning', done('startAgent'), 'running', { doing: racers }],
];
/** Its process has run for 10 s. */
const isEnded: Row<AgentSessionEvent> = ['ending', done('endAgent', 10_000), 'adjudicating', { doing: ['adjudicate'] }];
const isOver: Row<AgentSessionEvent> = ['adjudicating', done('adjudicate', nothing), 'recording'];
const settles = (ending: string, fault: object | null = null): Row<AgentSessionEvent> => [
  'recording',
  done('recordOutcome'),
  'settled',
  { doing: [], ends: { ending, fault } },
];
const decided = (ending: string, spent: string | null = null) => ({
  starts: { adjudicate: { sessionId: 7, ending, spent, wasNudged: false } },
});
const ends = (ending: string, spent: string | null = null): Rows => [
  ['ending', done('endAgent', 10_000), 'adjudicating', decided(ending, spent)],
  isOver,
  settles(ending),
];
const only = (work: string) => ({ doing: [work] });

const stories: readonly Story<AgentSessionEvent>[] = [
  {
    title: 'A session whose process exits is drained, adjudicated and recorded',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining', only('drainChannels')],
      ['draining', done('drainChannels'), 'ending', only('endAgent')],
      ...ends('exited'),
    ],
  },
  {
    title: 'A session that reports its result on stdout has 3 s to exit, and is then ended',
    rows: [
      ...begins,
      ['running', done('waitForResult'), 'draining', only('drainChannels')],
      ['draining', after(3_000), 'ending', only('endAgent')],
      ...ends('completed'),
    ],
  },
  {
    title: 'A session whose log shows the completion is complete, whatever its stdout says',
    rows: [
      ...begins,
      ['running', done('waitForCompletion'), 'draining', only('drainChannels')],
      ['draining', done('drainChannels'), 'ending'],
      ...ends('completed'),
    ],
  },
  {
    title: 'The rest of the output of a process that has exited is waited for 5 s',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'],
      ['draining', after(5_000), 'ending'],
      ...ends('exited'),
    ],
  },
  ...(
    [
      ['waitForSilence', 'idle', 'A session that prints nothing for too long is ended at once'],
      ['waitForStaleLog', 'stale', 'A session whose log does not grow for too long is ended at once'],
    ] as const
  ).map(([work, ending, title]) => ({
    title,
    rows: [...begins, ['running', done(work), 'ending', only('endAgent')] as const, ...ends(ending)],
  })),
  {
    title: 'A session that runs for ten minutes is ended',
    rows: [...begins, ['running', after(600_000), 'ending', only('endAgent')], ...ends('timedOut')],
  },
  {
    title: 'A session that has spent a budget is ended, and the budget is named',
    rows: [...begins, ['running', done('waitForSpentBudget', 'usd'), 'ending'], ...ends('budget', 'usd')],
  },
  {
    title: 'A session without the tools that it needs is started once more, and not twice',
    rows: [
      ...begins,
      ['running', done('waitForLostTools'), 'ending'],
      isEnded,
      [
        'adjudicating',
        done('adjudicate', { ...nothing, hasLostTools: true }),
        'spawning',
        { starts: { startAgent: { sessionId: 7, round: 'first' } } },
      ],
      ['spawning', done('startAgent'), 'running'],
      ['running', done('waitForLostTools'), 'ending'],
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, hasLostTools: true }), 'recording'],
      settles('lostTools'),
    ],
  },
  {
    title: 'A rate limit pauses a session until the reset; then it is resumed, and the pause is not running time',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'],
      ['draining', done('drainChannels'), 'ending'],
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, pauseMs: 900_000 }), 'paused', { doing: [] }],
      ['paused', after(900_000), 'spawning', { starts: { startAgent: { sessionId: 7, round: 'resume' } } }],
      ['spawning', done('startAgent'), 'running'],
      ['running', after(590_000), 'ending'],
      ...ends('timedOut').slice(0, 2),
      ['recording', done('recordOutcome'), 'settled', { ends: { ending: 'timedOut', fault: null } }],
    ],
  },
  {
    title: 'A pause that would exceed the hour of all pauses is not begun',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'],
      ['draining', done('drainChannels'), 'ending'],
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, pauseMs: 3_600_001 }), 'recording'],
      settles('exited'),
    ],
  },
  {
    title: 'A session that is cancelled in a pause is not resumed',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'],
      ['draining', done('drainChannels'), 'ending'],
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, pauseMs: 900_000 }), 'paused'],
      ['paused', cancel, 'adjudicating', decided('cancelled')],
      ['adjudicating', done('adjudicate', { ...nothing, pauseMs: 900_000 }), 'recording'],
      settles('cancelled'),
    ],
  },
  {
    title: 'A session that lacks output lines is nudged once, and not twice',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'],
      ['draining', done('drainChannels'), 'ending'],
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, lacksOutputs: true }), 'nudging', only('nudgeAgent')],
      ['nudging', done('nudgeAgent'), 'ending'],
      [
        'ending',
        done('endAgent', 1_000),
        'adjudicating',
        { starts: { adjudicate: { sessionId: 7, ending: 'exited', spent: null, wasNudged: true } } },
      ],
      ['adjudicating', done('adjudicate', { ...nothing, lacksOutputs: true }), 'recording'],
      settles('exited'),
    ],
  },
  ...(
    [
      ['A nudge that takes longer than a minute is ended, and the outcome stays', after(60_000)],
      ['A nudge that fails changes nothing', fails('nudgeAgent')],
    ] as const
  ).map(([title, happens]) => ({
    title,
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'] as const,
      ['draining', done('drainChannels'), 'ending'] as const,
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, lacksOutputs: true }), 'nudging'] as const,
      ['nudging', happens, 'ending', only('endAgent')] as const,
      isEnded,
      isOver,
      settles('exited'),
    ],
  })),
  {
    title: 'A session that is cancelled while it is nudged ends as it had ended before',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'],
      ['draining', done('drainChannels'), 'ending'],
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, lacksOutputs: true }), 'nudging'],
      ['nudging', cancel, 'ending'],
      isEnded,
      isOver,
      settles('exited'),
    ],
  },
  {
    title: 'A session that is cancelled while it is prepared has started nothing',
    rows: [['preparing', cancel, 'settled', { doing: [], ends: { ending: 'cancelled', fault: null } }]],
  },
  {
    title: 'A session that is cancelled while it starts is ended, in case it has started',
    rows: [
      ['preparing', done('prepareSession'), 'spawning'],
      ['spawning', cancel, 'ending', only('endAgent')],
      ...ends('cancelled'),
    ],
  },
  {
    title: 'A session that is cancelled while it runs is ended and recorded, and neither restarted nor nudged',
    rows: [
      ...begins,
      ['running', cancel, 'ending', only('endAgent')],
      ['ending', cancel, 'ending'],
      isEnded,
      ['adjudicating', cancel, 'adjudicating'],
      ['adjudicating', done('adjudicate', { hasLostTools: true, pauseMs: 1, lacksOutputs: true }), 'recording'],
      ['recording', cancel, 'recording'],
      settles('cancelled'),
    ],
  },
  {
    title: 'A session that is cancelled after it has completed stays completed',
    rows: [
      ...begins,
      ['running', done('waitForResult'), 'draining'],
      ['draining', cancel, 'ending'],
      ...ends('completed'),
    ],
  },
  {
    title: 'A session that cannot be prepared says why, and has started nothing',
    rows: [
      [
        'preparing',
        fails('prepareSession', new AppError('unavailable', 'The disk is full.')),
        'settled',
        { doing: [], ends: { ending: null, fault: { code: 'unavailable', message: 'The disk is full.' } } },
      ],
    ],
  },
  {
    title: 'A session that takes a minute to prepare is given up',
    rows: [
      [
        'preparing',
        after(60_000),
        'settled',
        {
          ends: {
            ending: null,
            fault: { code: 'timed_out', message: 'The agent session took too long to prepare. Start it again.' },
          },
        },
      ],
    ],
  },
  {
    title: 'An agent that is not there is recorded as not started, and says why',
    rows: [
      ['preparing', done('prepareSession'), 'spawning'],
      ['spawning', fails('startAgent', new AppError('not_found', 'There is no program claude.')), 'ending'],
      isEnded,
      ['adjudicating', done('adjudicate', { ...nothing, lacksOutputs: true }), 'recording'],
      settles('notStarted', { code: 'not_found', message: 'There is no program claude.' }),
    ],
  },
  {
    title: 'An agent that has not started after 15 s is ended, in case it has',
    rows: [
      ['preparing', done('prepareSession'), 'spawning'],
      ['spawning', after(15_000), 'ending'],
      isEnded,
      isOver,
      settles('notStarted', {
        code: 'timed_out',
        message: 'The agent session took too long to start. Start it again.',
      }),
    ],
  },
  ...racers.map((work) => ({
    title: `A defect of ${work} ends the session, and is reported`,
    rows: [
      ...begins,
      ['running', fails(work, broken), 'ending'] as const,
      isEnded,
      isOver,
      ['recording', done('recordOutcome'), 'settled', { ends: { ending: null, fault: defect } }] as const,
    ],
  })),
  {
    title: 'A defect while it is drained is reported, and it is ended all the same',
    rows: [
      ...begins,
      ['running', done('waitForExit'), 'draining'],
      ['draining', fails('drainChannels'), 'ending'],
      isEnded,
      isOver,
      settles('exited', defect),
    ],
  },
  {
    title: 'A process that cannot be ended is reported, and the session is settled',
    rows: [
      ...begins,
      ['running', done('waitForSilence'), 'ending'],
      ['ending', fails('endAgent', new AppError('unavailable', 'It could not be ended.')), 'adjudicating'],
      isOver,
      settles('idle', { code: 'unavailable', message: 'It could not be ended.' }),
    ],
  },
  {
    title: 'A session that takes 15 s to end is settled, and that is reported',
    rows: [
      ...begins,
      ['running', done('waitForSilence'), 'ending'],
      ['ending', after(15_000), 'adjudicating'],
      isOver,
      settles('idle', { code: 'timed_out', message: 'The agent session took too long to end. Start it again.' }),
    ],
  },
  {
    title: 'A defect of the adjudication is reported, and the session is recorded',
    rows: [
      ...begins,
      ['running', done('waitForSilence'), 'ending'],
      isEnded,
      ['adjudicating', fails('adjudicate'), 'recording'],
      settles('idle', defect),
    ],
  },
  {
    title: 'An adjudication that takes a minute is given up',
    rows: [
      ...begins,
      ['running', done('waitForSilence'), 'ending'],
      isEnded,
      ['adjudicating', after(60_000), 'recording'],
      settles('idle', {
        code: 'timed_out',
        message: 'The agent session took too long to be adjudicated. Start it again.',
      }),
    ],
  },
  {
    title: 'A defect while it is recorded is reported',
    rows: [
      ...begins,
      ['running', done('waitForSilence'), 'ending'],
      isEnded,
      isOver,
      ['recording', fails('recordOutcome'), 'settled', { doing: [], ends: { ending: 'idle', fault: defect } }],
    ],
  },
  {
    title: 'Files that take a minute to write are given up',
    rows: [
      ...begins,
      ['running', done('waitForSilence'), 'ending'],
      isEnded,
      isOver,
      [
        'recording',
        after(60_000),
        'settled',
        {
          doing: [],
          ends: {
            ending: 'idle',
            fault: { code: 'timed_out', message: 'The agent session took too long to be recorded. Start it again.' },
          },
        },
      ],
    ],
  },
];

describe('agent session', () => testStories(agentSessionMachine, startSession, stories));

function startSession(): Run<AgentSessionEvent> {
  const work = commandWork(agentSessionWork);
  const actor = createActor(createAgentSessionMachine(work.actors), { input: { sessionId: 7, limits } });
  return { actor, started: () => work.started, send: (event) => actor.send(event) };
}
