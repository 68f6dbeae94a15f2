import type { ActorKind } from '../domain/inspection.ts';

/** Of the functions of XState 5 that make logic: the members of what they make, in their order. */
const kinds: Readonly<Record<string, ActorKind>> = {
  'config transition start getInitialSnapshot getPersistedSnapshot restoreSnapshot': 'promise',
  'config start transition getInitialSnapshot getPersistedSnapshot restoreSnapshot': 'callback',
  'config transition getInitialSnapshot start getPersistedSnapshot restoreSnapshot': 'observable',
};

/**
 * Tells what an actor runs by the names of what its logic has: XState marks it in no other way, and calling its functions may call those of
 * somebody who does not expect it. `work` is what has other names.
 */
export function kindOfActor(logic: object | undefined): ActorKind {
  if (logic === undefined) return 'work';
  return 'root' in logic ? 'machine' : (kinds[Object.keys(logic).join(' ')] ?? 'work');
}
