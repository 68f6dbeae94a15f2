import { innermostStates } from '../../model/active-states.ts';
import type { TreeRow } from '../../model/actor-tree.ts';
import type { ActorAt } from '../../model/recording.ts';
import type { TreeItem } from '../parts/tree-box.tsx';

export interface ItemOptions {
  readonly isClosed: boolean;
  readonly chosenId: string | null;
}

/** A line of the tree of actors, below its server. */
export function itemOfRow(row: TreeRow, { isClosed, chosenId }: ItemOptions): TreeItem {
  const level = row.depth + 2;
  if (row.kind === 'folded') {
    const failed = row.failed === 0 ? '' : `, ${row.failed} failed`;
    return {
      id: row.key,
      level,
      isOpen: false,
      className: 'ended',
      content: (
        <span class="label">
          {row.count} × {row.src}, ended{failed}
        </span>
      ),
    };
  }
  const { actor, hasChildren, hasEnded } = row;
  const state = stateOf(actor);
  return {
    id: actor.sessionId,
    level,
    isOpen: hasChildren ? !isClosed : null,
    isSelected: actor.sessionId === chosenId,
    className: [hasEnded ? 'ended' : '', actor.snapshot.snapshot.status === 'error' ? 'error' : ''].join(' '),
    content: (
      <>
        <span class={`sign ${actor.kind} ${actor.snapshot.snapshot.status}`} />
        <span class="label">{actor.name}</span>
        <span class="state" title={state}>
          {state}
        </span>
      </>
    ),
    data: { 'data-session': actor.sessionId },
  };
}

/** Of a machine the states in which nothing more is active; of another actor how it is, if it does not just work. */
function stateOf({ kind, active, snapshot }: ActorAt): string {
  const { status } = snapshot.snapshot;
  if (kind !== 'machine' || active.size === 0) return status === 'active' ? '' : status;
  return innermostStates(active).join(', ');
}
