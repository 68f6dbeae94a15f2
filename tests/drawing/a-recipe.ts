import { createMachine } from 'xstate';
import type { Chart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';

interface StepConfig {
  readonly [key: string]: unknown;
}

/** A step with an actor; its failure fails the whole recipe. */
const step = (actor: string, next: string, more: StepConfig = {}): StepConfig => ({
  invoke: { id: actor, src: actor, onDone: next, onError: '#recipe.failed' },
  ...more,
});

/** A sequence of states, most of which have a transition back to the first. */
function region(name: string, count: number): StepConfig {
  const states = Array.from({ length: count }, (_, at): [string, StepConfig] => {
    const next = at + 1 < count ? `${name}${at + 2}` : `${name}Done`;
    const back = at > 1 ? { RETRY: { guard: 'mayRetry', target: `${name}1` } } : {};
    return [`${name}${at + 1}`, { on: { [`${name.toUpperCase()}_NEXT`]: next, ...back } }];
  });
  return { initial: `${name}1`, states: { ...Object.fromEntries(states), [`${name}Done`]: { type: 'final' } } };
}

const end = { type: 'final' } as const;

const states = {
  prepare: {
    initial: 'clone',
    states: {
      clone: step('clone', 'install'),
      install: step('install', 'baseline', { after: { installLimit: '#recipe.failed' } }),
      baseline: step('baseline', 'ready'),
      ready: end,
    },
    onDone: 'plan',
  },
  plan: {
    initial: 'draft',
    states: {
      draft: step('draftPlan', 'review'),
      review: {
        on: {
          APPROVED: 'accepted',
          NEEDS_WORK: [{ guard: 'hasBudget', target: 'draft' }, { target: '#recipe.failed' }],
        },
      },
      accepted: end,
      remembered: { type: 'history', history: 'deep' },
    },
    onDone: 'build',
  },
  build: {
    type: 'parallel',
    states: {
      implement: region('slice', 9),
      document: region('page', 6),
      translate: region('text', 6),
      watch: {
        initial: 'idle',
        states: {
          idle: { on: { CI_STARTED: 'polling' } },
          polling: {
            invoke: { id: 'pollCi', src: 'pollCi', onDone: 'green', onError: 'red' },
            after: { 30000: { target: 'polling', reenter: true } },
          },
          red: { on: { CI_STARTED: 'polling' } },
          green: end,
        },
      },
      budgetOfTheWholeRecipeInDollarsAndMinutes: {
        initial: 'within',
        states: { within: { on: { SPENT: { guard: 'isOver', target: '#recipe.failed' } } } },
      },
    },
    onDone: 'audit',
  },
  audit: {
    initial: 'collect',
    states: {
      collect: step('collect', 'judge'),
      judge: {
        always: [{ guard: 'isClean', target: 'clean' }, { guard: 'isFixable', target: 'fix' }, '#recipe.failed'],
      },
      fix: {
        initial: 'locate',
        states: {
          locate: step('locate', 'patch'),
          patch: step('patch', 'verify'),
          verify: step('verify', 'fixed'),
          fixed: end,
        },
        onDone: 'collect',
      },
      clean: end,
    },
    onDone: 'deliver',
  },
  deliver: {
    initial: 'push',
    states: {
      push: step('push', 'open'),
      open: step('openPullRequest', 'queue'),
      queue: {
        initial: 'waiting',
        on: { NUDGE: {} },
        states: {
          waiting: { on: { ENQUEUED: 'queued' } },
          queued: { on: { EJECTED: 'waiting', MERGED: 'merged' } },
          merged: end,
        },
        onDone: 'delivered',
      },
      delivered: end,
    },
    onDone: 'done',
  },
  paused: { on: { RESUME: '#recipe.plan.remembered', GIVE_UP: 'cancelled' } },
  done: end,
  cancelled: end,
  failed: end,
};

/** A very large recipe: more than sixty states, nested states, parallel regions, a history state. */
export const aRecipeMachine = () =>
  createMachine({
    id: 'recipe',
    description: 'A recipe as large as they come.',
    initial: 'prepare',
    on: { CANCEL: '.cancelled', CRASHED: '.failed', PAUSE: '.paused' },
    states,
  } as object);

export const aRecipe = (): Chart => describeChart(aRecipeMachine().root);
