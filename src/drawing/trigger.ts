/** What makes a chart take an arrow. */
export type Trigger =
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'actorDone'; readonly actor: string }
  | { readonly kind: 'actorFailed'; readonly actor: string }
  | { readonly kind: 'actorChanged'; readonly actor: string }
  | { readonly kind: 'stateDone'; readonly state: string }
  | { readonly kind: 'after'; readonly delay: string }
  | { readonly kind: 'always' }
  /** Out of a state that remembers, while there is nothing to remember. */
  | { readonly kind: 'unremembered' }
  /** So many others, of which each has its own way out of what is closed. */
  | { readonly kind: 'others'; readonly count: number };

const actorKinds = { done: 'actorDone', error: 'actorFailed', snapshot: 'actorChanged' } as const;

/**
 * Reads a trigger from the event type that XState gives it.
 * @param sourceId the state that the arrow leads out of; the event type of a delay ends with it
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

const failureWord = /crash|fail|(?<!de)fault|error|timed?_?out|deadline/i;

/** Whether a trigger says by itself, or by its name, that something went wrong: a limit that has passed counts. */
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
