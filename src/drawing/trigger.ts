/** What causes a transition. */
export type Trigger =
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'actorDone' | 'actorFailed' | 'actorChanged'; readonly actor: string }
  | { readonly kind: 'stateDone'; readonly state: string }
  | { readonly kind: 'after'; readonly delay: string }
  | { readonly kind: 'always' }
  /** The default transition of a history state, taken while it has no history. */
  | { readonly kind: 'unremembered' }
  /** Stands for several transitions out of a collapsed state. */
  | { readonly kind: 'others'; readonly count: number };

const actorKinds = { done: 'actorDone', error: 'actorFailed', snapshot: 'actorChanged' } as const;

/**
 * Reads a trigger from the event type that XState gives it.
 * @param sourceId the state that the transition leaves; the event type of a delay ends with it
 */
export function readTrigger(eventType: string, sourceId: string): Trigger {
  if (eventType === '') return { kind: 'always' };
  const actor = /^xstate\.(done|error|snapshot)\.actor\.(.+)$/.exec(eventType);
  if (actor?.[1] !== undefined && actor[2] !== undefined)
    return { kind: actorKinds[actor[1] as keyof typeof actorKinds], actor: actor[2] };
  const state = /^xstate\.done\.state\.(.+)$/.exec(eventType)?.[1];
  if (state !== undefined) return { kind: 'stateDone', state: state.split('.').at(-1) ?? state };
  if (eventType.startsWith('xstate.after.')) {
    const delay = eventType.slice('xstate.after.'.length, -`.${sourceId}`.length);
    return { kind: 'after', delay: /^\d+$/.test(delay) ? `${delay} ms` : delay };
  }
  return { kind: 'event', event: eventType };
}

const failureWord = /crash|fail|(?<!de)fault|error|timed?_?out|deadline|limit_passed/i;

/** Whether a trigger means a failure, by its kind or by its name. A time limit that has passed counts. */
export function isErrorTrigger(trigger: Trigger): boolean {
  if (trigger.kind === 'event') return failureWord.test(trigger.event);
  if (trigger.kind === 'after') return /limit$/i.test(trigger.delay) || failureWord.test(trigger.delay);
  return trigger.kind === 'actorFailed';
}

export function triggerText(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'event':
      return trigger.event === '*' ? 'any other event' : trigger.event;
    case 'actorDone':
      return `${trigger.actor} done`;
    case 'actorFailed':
      return `${trigger.actor} failed`;
    case 'actorChanged':
      return `${trigger.actor} changed`;
    case 'stateDone':
      return `${trigger.state} done`;
    case 'after':
      return `after ${trigger.delay}`;
    case 'always':
      return 'at once';
    case 'unremembered':
      return 'nothing remembered';
    case 'others':
      return `${trigger.count} others`;
  }
}

/** What starts and ends an actor. */
const innerEvents: ReadonlyMap<string, string> = new Map([
  ['xstate.init', 'start'],
  ['xstate.stop', 'stop'],
  ['xstate.promise.resolve', 'resolved'],
  ['xstate.promise.reject', 'rejected'],
]);

/**
 * An event type in the words of the chart: `runTask done` for XState's `xstate.done.actor.runTask`.
 * @param sourceId the state that the transition left, if known: the event type of a delay ends with it
 */
export function eventText(eventType: string, sourceId?: string): string {
  if (!eventType.startsWith('xstate.')) return eventType;
  const inner = innerEvents.get(eventType);
  if (inner !== undefined) return inner;
  if (eventType.startsWith('xstate.after.') && (sourceId === undefined || !eventType.endsWith(`.${sourceId}`)))
    return eventType;
  return triggerText(readTrigger(eventType, sourceId ?? ''));
}
