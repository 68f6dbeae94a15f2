import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { AppError } from '../../src/domain/app-error.ts';
import type { RunPosition, StepOutcome } from '../../src/domain/recipe/recipe-run.ts';
import { nothingSpent, type RunBudgets } from '../../src/domain/recipe/run-spending.ts';
import { notProvided } from '../../src/machines/define-work.ts';
import { createRecipeMachine, type RecipeEvent, recipeWork } from '../../src/machines/recipe.machine.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { graphOf, type Steps } from '../fixtures/recipe-graph.ts';
import { after, begins, done, fails, type Run, type Story, testStories } from './stories.ts';

const cancel: RecipeEvent = { type: 'CANCEL' };
const interrupt: RecipeEvent = { type: 'INTERRUPT' };
const exhaust: RecipeEvent = { type: 'EXHAUST_BUDGET', budget: 'usd' };

interface Given {
  readonly steps?: Steps;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly budgets?: RunBudgets;
  readonly from?: RunPosition;
}

const nothing = { usd: 0, tokens: 0, turns: 0, ms: 0 };
const outcome =
  (kind: StepOutcome['kind']) =>
  (result: unknown = {}, spent: Partial<StepOutcome['spent']> = {}): StepOutcome => ({
    kind,
    result,
    spent: { ...nothing, ...spent },
  });
const [success, failure, needsRetry, contextLimit, cancelled] = [
  outcome('success'),
  outcome('failure'),
  outcome('needs_retry'),
  outcome('context_limit'),
  outcome('cancelled'),
];

const runs = (result: unknown) => done('runStep', result);
const ended = (state: string, more: object = {}) => ({ ends: expect.objectContaining({ state, ...more }) });
/** The attempt that begins. */
const attempt = (step: string, visit: number, number = 0) => ({
  starts: { runStep: expect.objectContaining({ step, visit, attempt: number }) },
});

const one: Steps = {
  try: { tool: 'run_cmd', retries: 1, max_visits: 2, on_success: 'done', on_failure: 'try' },
};

const verdicts: Steps = {
  audit: {
    tool: 'run_skill',
    capture: { verdict: `\${{ result.verdict }}` },
    on_result: [
      { when: 'result.verdict == GO', route: 'go' },
      { when: "result.verdict == 'NO GO'", route: 'no_go' },
    ],
    on_failure: 'choose',
    on_context_limit: 'choose',
  },
  choose: {
    action: 'route',
    on_result: [
      { when: 'context.verdict == GO and result.verdict == GO', route: 'go' },
      { when: 'context.verdict == GO', route: 'kept' },
      { route: 'no_go' },
    ],
  },
  go: { action: 'stop', message: `It is \${{ context.verdict }}.`, output: { verdict: `\${{ context.verdict }}` } },
  no_go: { action: 'stop', message: 'No.' },
  kept: { tool: 'run_cmd', on_success: 'audit' },
};

const gate: Steps = {
  ask: { action: 'confirm', message: `Push \${{ inputs.branch }}?`, on_success: 'pause', on_failure: 'refused' },
  pause: { action: 'wait', with: { seconds: 5 }, on_success: 'done' },
  refused: { action: 'stop', message: 'Refused.' },
};

const skips: Steps = {
  audit: { tool: 'run_skill', skip_when_false: 'inputs.audit', on_success: 'review' },
  review: {
    tool: 'run_skill',
    skip_when_false: 'inputs.audit',
    on_result: [{ when: 'result.verdict == GO', route: 'done' }, { route: 'last' }],
  },
  last: { tool: 'run_cmd', expect: 'result.count > 0', on_success: 'done', on_failure: 'failed' },
  failed: { action: 'stop', message: 'Failed.' },
};

const stories: readonly Story<RecipeEvent, Given>[] = [
  {
    title: 'A run enters its first step, and succeeds behind the last one',
    rows: [
      ['try', begins, 'try', { doing: ['runStep'], ...attempt('try', 1) }],
      ['try', runs(success()), '$done', ended('succeeded', { at: 'try', fault: null })],
    ],
  },
  {
    title: 'A step that asks for another attempt gets the retries that it has, and then its run fails',
    rows: [
      ['try', runs(needsRetry()), 'try', attempt('try', 1, 1)],
      ['try', runs(needsRetry()), '$escalate', ended('failed')],
    ],
  },
  {
    title: 'A session without context left is tried again where no step says what follows then',
    rows: [['try', runs(contextLimit()), 'try', attempt('try', 1, 1)]],
  },
  {
    title: 'A step that is entered too often is left without its work, and a new visit has all retries',
    rows: [
      ['try', runs(needsRetry()), 'try', attempt('try', 1, 1)],
      ['try', runs(failure()), 'try', attempt('try', 2, 0)],
      ['try', runs(failure()), '$escalate', { doing: [], ...ended('failed') }],
    ],
  },
  {
    title: 'A step that does not say how often it may be entered is entered 20 times',
    given: {
      steps: { again: { tool: 'run_cmd', on_success: 'again' } },
      from: {
        at: 'again',
        isEntered: false,
        visits: { again: 19 },
        attempt: 0,
        captured: {},
        result: null,
        spent: nothingSpent,
      },
    },
    rows: [
      ['again', begins, 'again', attempt('again', 20)],
      ['again', runs(success()), '$budget_exhausted', ended('budget_exhausted', { exhausted: null })],
    ],
  },
  {
    title: 'With a budget of visits, that alone counts, and it lets as many steps finish',
    given: {
      steps: { again: { tool: 'run_cmd', on_success: 'again' } },
      budgets: { visits: 22 },
      from: {
        at: 'again',
        isEntered: false,
        visits: { again: 20 },
        attempt: 0,
        captured: {},
        result: null,
        spent: nothingSpent,
      },
    },
    rows: [
      ['again', begins, 'again', attempt('again', 21)],
      ['again', runs(success()), 'again', attempt('again', 22)],
      ['again', runs(success()), '$budget_exhausted', ended('budget_exhausted', { exhausted: 'visits' })],
    ],
  },
  {
    title: 'A recipe that only chooses routes ends before it keeps its server busy for ever',
    given: {
      steps: {
        work: { tool: 'run_cmd', on_success: 'here' },
        here: { action: 'route', max_visits: 9_000, on_success: 'there' },
        there: { action: 'route', max_visits: 9_000, on_success: 'here' },
      },
    },
    rows: [
      [
        'work',
        runs(success()),
        '$faulted',
        ended('failed', { fault: expect.objectContaining({ code: 'invalid_input' }) }),
      ],
    ],
  },
  {
    title: 'No step is entered once a budget is used up, and an unknown price uses up a budget of USD',
    given: { budgets: { usd: 5 } },
    rows: [
      ['try', runs(failure({}, { usd: null })), '$budget_exhausted', ended('budget_exhausted', { exhausted: 'usd' })],
    ],
  },
  {
    title: 'A defect ends the run with its fault, and takes no route',
    rows: [
      [
        'try',
        fails('runStep', new AppError('internal', 'The journal has no such record.')),
        '$faulted',
        ended('failed', { fault: { code: 'internal', message: 'The journal has no such record.' } }),
      ],
    ],
  },
  {
    title: 'A run that is cancelled waits until its step has ended, and keeps what that has spent',
    rows: [
      [
        'try',
        cancel,
        '$stopping',
        { doing: ['endStep'], starts: { endStep: { run: 1, step: 'try', visit: 1, attempt: 0 } } },
      ],
      ['$stopping', exhaust, '$stopping', { starts: {} }],
      ['$stopping', cancel, '$stopping', { starts: {} }],
      ['$stopping', interrupt, '$stopping', { starts: {} }],
      [
        '$stopping',
        done('endStep', cancelled({}, { tokens: 7 })),
        '$cancelled',
        {
          spent: 7,
          ...ended('cancelled', { decisions: [expect.objectContaining({ cause: 'cancelled', to: 'try' })] }),
        },
      ],
    ],
  },
  {
    title: 'A step that does not end within a minute is not waited for',
    rows: [
      ['try', cancel, '$stopping'],
      ['$stopping', after(60_000), '$cancelled', ended('cancelled')],
    ],
  },
  {
    title: 'A run whose host shuts down waits until its step has ended, and can be resumed',
    rows: [
      ['try', interrupt, '$stopping', { doing: ['endStep'] }],
      ['$stopping', done('endStep', null), '$interrupted', ended('interrupted')],
    ],
  },
  {
    title: 'A run whose host shuts down does not wait for a step that does not end',
    rows: [
      ['try', interrupt, '$stopping'],
      ['$stopping', after(60_000), '$interrupted', ended('interrupted')],
    ],
  },
  {
    title: 'A step that uses up a budget is ended',
    rows: [
      ['try', exhaust, '$stopping', { doing: ['endStep'] }],
      ['$stopping', done('endStep', null), '$budget_exhausted', ended('budget_exhausted', { exhausted: 'usd' })],
    ],
  },
  {
    title: 'A step that uses up a budget and does not end is not waited for',
    rows: [
      ['try', exhaust, '$stopping'],
      ['$stopping', after(60_000), '$budget_exhausted', ended('budget_exhausted')],
    ],
  },
  {
    title: 'A defect while a step is ended is the fault of the run',
    rows: [
      ['try', cancel, '$stopping'],
      ['$stopping', fails('endStep'), '$faulted', ended('failed', { fault: { code: 'internal', message: 'broken' } })],
    ],
  },
  {
    title: 'A step that was cancelled by others ends the run',
    rows: [['try', runs(cancelled()), '$cancelled', ended('cancelled')]],
  },
  {
    title: 'The first condition that is true chooses the next step; a stop ends the run with its message and output',
    given: { steps: verdicts },
    rows: [
      [
        'audit',
        runs(success({ verdict: 'GO' })),
        'go',
        ended('stopped', { at: 'go', message: 'It is GO.', output: { verdict: 'GO' } }),
      ],
    ],
  },
  {
    title: 'Where no condition is true, a run takes the route for failures',
    given: { steps: verdicts },
    rows: [['audit', runs(success({ verdict: 'MAYBE' })), 'no_go', ended('stopped')]],
  },
  {
    title: 'Captures are kept after a failure too, and what the failure does not say stays as it was',
    given: { steps: verdicts },
    rows: [['audit', runs(failure({ verdict: 'GO' })), 'go']],
  },
  {
    title: 'A failure without the captured value leaves the old one',
    given: {
      steps: verdicts,
      from: {
        at: 'audit',
        isEntered: true,
        visits: { audit: 2 },
        attempt: 1,
        captured: { verdict: 'GO' },
        result: null,
        spent: nothingSpent,
      },
    },
    rows: [
      ['audit', begins, 'audit', attempt('audit', 2, 1)],
      ['audit', runs(failure()), 'kept', { captured: { verdict: 'GO' } }],
      ['kept', runs(success()), 'audit', attempt('audit', 3)],
      ['audit', runs(contextLimit()), 'kept', { captured: { verdict: 'GO' } }],
      ['kept', runs(success()), 'audit'],
      ['audit', runs(success()), 'no_go', { captured: { verdict: null } }],
    ],
  },
  {
    title: 'A gate waits for a person, whose yes goes on; a wait has its arguments',
    given: { steps: gate, inputs: { branch: 'a' } },
    rows: [
      [
        'ask',
        begins,
        'ask',
        {
          doing: ['waitForAnswer'],
          starts: {
            waitForAnswer: expect.objectContaining({ values: expect.objectContaining({ message: 'Push a?' }) }),
          },
        },
      ],
      [
        'ask',
        done('waitForAnswer', success()),
        'pause',
        { starts: { waitFor: expect.objectContaining({ values: { with: { seconds: 5 } } }) } },
      ],
      ['pause', done('waitFor', success()), '$done'],
    ],
  },
  {
    title: 'A gate whose answer is no takes its other route',
    given: { steps: gate },
    rows: [['ask', done('waitForAnswer', failure()), 'refused', ended('stopped', { message: 'Refused.' })]],
  },
  {
    title: 'Steps whose input is false are skipped, as after a success, and do no work',
    given: { steps: skips, inputs: { audit: false } },
    rows: [
      [
        'last',
        begins,
        'last',
        {
          starts: {
            runStep: expect.objectContaining({
              step: 'last',
              decisions: [
                expect.objectContaining({ step: 'audit', cause: 'skipped', to: 'review', visit: 1, outcome: null }),
                expect.objectContaining({ step: 'review', cause: 'skipped', to: 'last', visit: 1, outcome: null }),
              ],
            }),
          },
        },
      ],
      ['last', runs(success({ count: 1 })), '$done'],
    ],
  },
  {
    title: 'A success that is not as expected is a failure',
    given: { steps: skips, inputs: { audit: 'no' } },
    rows: [['last', runs(success({ count: 0 })), 'failed']],
  },
  {
    title: 'The next step is told why it was chosen, and what was captured',
    given: { steps: skips, inputs: { audit: true } },
    rows: [
      ['audit', runs(success({ path: '/a' })), 'review'],
      [
        'review',
        runs(success({ verdict: 'NO' })),
        'last',
        {
          starts: {
            runStep: expect.objectContaining({
              decisions: [
                {
                  step: 'review',
                  visit: 1,
                  attempt: 0,
                  cause: 'success',
                  to: 'last',
                  why: 'otherwise',
                  outcome: success({ verdict: 'NO' }),
                  captured: {},
                  diagnostics: [],
                },
              ],
            }),
          },
        },
      ],
    ],
  },
  {
    title: 'Lists grow by what each visit captures, and by nothing in a retry',
    given: {
      steps: {
        plan: {
          tool: 'run_skill',
          capture_list: { parts: `\${{ result.parts }}` },
          on_result: [{ when: 'result.more', route: 'plan' }, { route: 'done' }],
        },
      },
    },
    rows: [
      ['plan', runs(needsRetry({ parts: ['x'] })), 'plan', { captured: {} }],
      ['plan', runs(success({ parts: ['a', 'b'], more: true })), 'plan', { captured: { parts: ['a', 'b'] } }],
      ['plan', runs(success({ parts: 'c' })), '$done', { captured: { parts: ['a', 'b', 'c'] } }],
    ],
  },
  {
    title: 'A step that this version does not execute ends the run with a sentence, unless it is skipped',
    given: {
      steps: {
        sub: { sub_recipe: 'prefix', gate: 'sprint', on_success: 'done' },
        call: { python: 'a.b', on_success: 'done' },
      },
      inputs: { sprint: 'false' },
    },
    rows: [
      [
        '$faulted',
        begins,
        '$faulted',
        ended('failed', {
          at: 'call',
          fault: { code: 'invalid_input', message: expect.stringContaining('The step call calls a Python function') },
        }),
      ],
    ],
  },
  {
    title: 'A failure goes on as a success does where the step says so',
    given: { steps: { try: { tool: 'run_cmd', continue_on_failure: true, on_success: 'done' } } },
    rows: [['try', runs(failure()), '$done']],
  },
];

const machineOf = ({ steps = one }: Given) => graphOf(steps, { audit: {}, branch: {}, sprint: {} });

describe('recipe', () => {
  testStories(createRecipeMachine(machineOf({}), notProvided(recipeWork)), startRun, stories, [
    'recipe.$enter on at once, branch 1',
  ]);

  it('keeps a context that is plain JSON', async () => {
    const { actor, started } = startRun({ steps: verdicts });
    actor.start();
    started()[0]?.resolve(failure({ verdict: 'GO' }));
    await new Promise((resolve) => setImmediate(resolve));
    const { context } = actor.getSnapshot();
    expect(JSON.parse(JSON.stringify(context))).toEqual(context);
  });
});

function startRun(given: Given = {}): Run<RecipeEvent> {
  const { inputs = {}, budgets = {}, from = null } = given;
  const work = commandWork(recipeWork);
  const graph = JSON.parse(JSON.stringify(machineOf(given)));
  const actor = createActor(createRecipeMachine(graph, work.actors), { input: { run: 1, inputs, budgets, from } });
  return {
    actor,
    started: () => work.started,
    send: (event) => actor.send(event),
    sees() {
      const { captured, spent } = actor.getSnapshot().context;
      return { captured, spent: spent.tokens };
    },
  };
}
