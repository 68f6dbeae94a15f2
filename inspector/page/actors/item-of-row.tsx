import { shortName } from '../../../src/domain/short-name.ts';
import { innermostStates } from '../../model/active-states.ts';
import { actorStatusText, describeStatus } from '../../model/actor-status.ts';
import type { TreeRow } from '../../model/actor-tree.ts';
import type { ActorAt } from '../../model/recording.ts';
import type { TreeItem } from '../widgets/tree-box.tsx';
import { withBreaks } from '../widgets/with-breaks.tsx';

export interface ItemOptions {
  readonly isClosed: boolean;
  readonly chosenId: string | null;
}

/** A row of the tree of actors as an item below its server. */
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
        <span class="label" title={row.names.join('\n')}>
          {row.count} × {row.src}, ended{failed}
          <small>{row.names.map(shortName).join(', ')}</small>
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
        <span class="label" title={actor.name}>
          {withBreaks(shortName(actor.name))}
        </span>
        <span class="state" title={hasEnded ? describeStatus(actor.snapshot) : state}>
          {state}
        </span>
      </>
    ),
    data: { 'data-session': actor.sessionId },
  };
}

/** The innermost active states of a machine that was not stopped in them; of another actor its status, unless it is active. */
function stateOf({ kind, active, snapshot }: ActorAt): string {
  const { status } = snapshot.snapshot;
  if (kind === 'machine' && active.size > 0 && status !== 'stopped') return innermostStates(active).join(', ');
  return status === 'active' ? '' : actorStatusText(status);
}
