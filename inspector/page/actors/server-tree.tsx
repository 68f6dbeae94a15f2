import { signal } from '@preact/signals';
import { actorTree } from '../../model/actor-tree.ts';
import { serverLabel, serverSign, serverStatus } from '../header/server-label.ts';
import {
  actor,
  actors,
  areEndedShown,
  chooseActor,
  chooseServer,
  listedServers,
  server,
  servers,
  type WatchedServer,
} from '../page-state.ts';
import { Checkbox } from '../widgets/checkbox.tsx';
import { TreeBox, type TreeItem } from '../widgets/tree-box.tsx';
import { itemOfRow } from './item-of-row.tsx';

/** The closed items, by server and id: the actors of all servers have the same few ids. */
const closed = signal<ReadonlySet<string>>(new Set());
const keyIn = (serverId: string | undefined, id: string) => `${serverId} ${id}`;
const unfolded = signal<ReadonlySet<string>>(new Set());

/** The servers, and the actors of the chosen one. */
export function ServerTree() {
  if (server.value === null) return <p class="nothing">Servers appear here when they start.</p>;
  return (
    <>
      <TreeBox
        label="Servers and actors"
        view="actors"
        className="actors"
        items={listedServers.value.flatMap(itemsOf)}
        onToggle={toggle}
        onChoose={choose}
      />
      <Checkbox className="tree-foot" label="Show ended servers and actors" checked={areEndedShown} />
    </>
  );
}

function itemsOf(each: WatchedServer): TreeItem[] {
  const isOpen = each.id === server.value?.id && !closed.value.has(keyIn(each.id, each.id));
  const own: TreeItem = {
    id: each.id,
    level: 1,
    isOpen,
    className: 'server',
    content: (
      <>
        <span class={`sign ${serverSign(each)}`} />
        <span class="label" title={(each.line ?? each.recording.hello)?.projectDir}>
          {serverLabel(each)}
        </span>
        <span class="state">{serverStatus(each)}</span>
      </>
    ),
    data: { 'data-server': each.id },
  };
  return isOpen ? [own, ...actorItems()] : [own];
}

function actorItems(): TreeItem[] {
  const chosenId = actor.value?.sessionId ?? null;
  const rows = actorTree(actors.value, {
    hidesEnded: !areEndedShown.value,
    unfolded: unfolded.value,
    chosenId,
  });
  const items: TreeItem[] = [];
  let closedDepth = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > closedDepth) continue;
    const isClosed =
      row.kind === 'actor' && row.hasChildren && closed.value.has(keyIn(server.value?.id, row.actor.sessionId));
    closedDepth = isClosed ? row.depth : Number.POSITIVE_INFINITY;
    items.push(itemOfRow(row, { isClosed, chosenId }));
  }
  return items;
}

/** The key of a folded row is a JSON list; no server or actor has such an id. */
const isFold = (id: string) => id.startsWith('[');

function toggle(id: string): void {
  if (isFold(id)) unfolded.value = new Set([...unfolded.value, id]);
  else if (servers.value.some((each) => each.id === id) && id !== server.value?.id) chooseServer(id);
  else {
    const without = new Set(closed.value);
    const key = keyIn(server.value?.id, id);
    if (!without.delete(key)) without.add(key);
    closed.value = without;
  }
}

function choose(id: string): void {
  const of = server.value;
  if (of === null) return;
  if (servers.value.some((each) => each.id === id)) (id === of.id ? toggle : chooseServer)(id);
  else if (isFold(id)) toggle(id);
  else chooseActor(of.id, id);
}
