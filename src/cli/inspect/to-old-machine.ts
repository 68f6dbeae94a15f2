import type { Json } from '../../domain/inspection.ts';

/** As much of a configuration for XState 4 as a picture of it takes. */
export interface OldMachine {
  readonly id?: string;
  readonly type?: string;
  readonly initial?: string;
  readonly states?: Readonly<Record<string, OldMachine>>;
  readonly on?: Readonly<Record<string, readonly OldTransition[]>>;
  readonly always?: readonly OldTransition[];
  readonly invoke?: readonly Readonly<Record<string, unknown>>[];
  /** XState 4 warns about a machine that does not say so, on the console of whoever reads it. */
  readonly predictableActionArguments?: true;
}

interface OldTransition {
  readonly target?: readonly string[];
}

/** @param definition the JSON text of a configuration for XState 5. @param isMachine false: of other work only its id is in it */
export function toOldMachine(definition: string, isMachine: boolean): OldMachine {
  const root = asRecord(JSON.parse(definition));
  const node = isMachine ? oldNode(root) : { ...textOf(root, 'id'), initial: 'active', states: statesOfWork };
  return { ...node, predictableActionArguments: true };
}

const statesOfWork = { active: {}, done: { type: 'final' }, error: { type: 'final' }, stopped: { type: 'final' } };

function oldNode(node: JsonRecord): OldMachine {
  const states = mapEntries(node.states, (state) => oldNode(asRecord(state)));
  const on = mapEntries(node.on, oldTransitions);
  const invokes = asList(node.invoke).map((invoke) => oldInvoke(asRecord(invoke)));
  return {
    ...textOf(node, 'id'),
    ...textOf(node, 'type'),
    ...textOf(node, 'initial'),
    ...(states === null ? {} : { states }),
    ...(on === null ? {} : { on }),
    ...(node.always === undefined ? {} : { always: oldTransitions(node.always) }),
    ...(invokes.length === 0 ? {} : { invoke: invokes }),
  };
}

const oldInvoke = (invoke: JsonRecord) => ({
  ...textOf(invoke, 'id'),
  src: typeof invoke.src === 'string' ? invoke.src : 'work',
  ...(invoke.onDone === undefined ? {} : { onDone: oldTransitions(invoke.onDone) }),
  ...(invoke.onError === undefined ? {} : { onError: oldTransitions(invoke.onError) }),
});

/** A transition is a target, an object that may have one, or several of either. */
function oldTransitions(transitions: Json | undefined): readonly OldTransition[] {
  return asList(transitions).map((transition) => {
    const target = typeof transition === 'string' ? transition : asRecord(transition).target;
    const targets = asList(target).filter((one) => typeof one === 'string');
    return targets.length === 0 ? {} : { target: targets };
  });
}

type JsonRecord = { readonly [key: string]: Json };

const asRecord = (value: Json): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};

const asList = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Json];

const textOf = (record: JsonRecord, key: 'id' | 'type' | 'initial') =>
  typeof record[key] === 'string' ? { [key]: record[key] } : {};

/** @returns null where there are none */
function mapEntries<To>(record: Json | undefined, map: (value: Json) => To): Readonly<Record<string, To>> | null {
  if (record === undefined) return null;
  return Object.fromEntries(Object.entries(asRecord(record)).map(([key, value]) => [key, map(value)]));
}
