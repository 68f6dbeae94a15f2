import type { ActorAt } from './recording.ts';

/** A row of the tree of actors. */
export type TreeRow = ActorRow | FoldedRow;

export interface ActorRow {
  readonly kind: 'actor';
  readonly actor: ActorAt;
  /** 0 for an actor that no other one started. */
  readonly depth: number;
  readonly hasEnded: boolean;
  /** Whether rows of its own children follow. */
  readonly hasChildren: boolean;
}

/** Several ended children of one actor with the same logic. */
export interface FoldedRow {
  readonly kind: 'folded';
  /** Pass it in `unfolded` to list them one by one. */
  readonly key: string;
  readonly depth: number;
  readonly src: string;
  readonly count: number;
  /** What the newest of them were, each name once, the newest first. */
  readonly names: readonly string[];
  /** The number of those that failed. */
  readonly failed: number;
}

export interface TreeOptions {
  /** Omits ended actors without a living descendant. */
  readonly hidesEnded?: boolean;
  /** Keys of folded rows that are listed one by one. */
  readonly unfolded?: ReadonlySet<string>;
  /** This actor is always listed. */
  readonly chosenId?: string | null;
}

/** If there are more, ended children with the same logic are folded. */
const mostListed = 3;

/**
 * The actors of a moment as rows, each parent before its children, in the order in which they started. More than three children of an actor with the same
 * logic that have ended and have no living descendant become one row, in the place of the first.
 */
export function actorTree(actors: readonly ActorAt[], options: TreeOptions = {}): readonly TreeRow[] {
  const branches = growBranches(actors, options.chosenId ?? null);
  const rows: TreeRow[] = [];
  list(branches, options, rows);
  return rows;
}

interface Branch {
  readonly actor: ActorAt;
  readonly parent: Branch | null;
  readonly depth: number;
  readonly children: Branch[];
  /** It, or one of its descendants, is alive or chosen. */
  isWanted: boolean;
}

/** Deeper than any real tree: an actor below this depth is listed without a parent. */
const deepest = 100;

const isEnded = ({ snapshot }: ActorAt): boolean => snapshot.snapshot.status !== 'active';

/** A parent starts before its children, as does the actor that asked for another. An actor that names a later one as its parent is listed without a parent, so that there is no cycle. */
function growBranches(actors: readonly ActorAt[], chosenId: string | null): readonly Branch[] {
  const branches = new Map<string, Branch>();
  const roots: Branch[] = [];
  for (const actor of actors) {
    const above = actor.parentId ?? actor.startedBy;
    const named = above === null ? undefined : branches.get(above);
    const parent = named === undefined || named.depth === deepest ? null : named;
    const branch = { actor, parent, depth: parent === null ? 0 : parent.depth + 1, children: [], isWanted: false };
    branches.set(actor.sessionId, branch);
    (parent?.children ?? roots).push(branch);
    if (!isEnded(actor) || actor.sessionId === chosenId) wantUpwards(branch);
  }
  return roots;
}

function wantUpwards(branch: Branch): void {
  for (let at: Branch | null = branch; at !== null && !at.isWanted; at = at.parent) at.isWanted = true;
}

function list(branches: readonly Branch[], options: TreeOptions, rows: TreeRow[]): void {
  const folds = foldEnded(branches, options);
  for (const branch of branches) {
    const { actor, depth, children, isWanted } = branch;
    if (options.hidesEnded === true && !isWanted) continue;
    const fold = isWanted ? undefined : folds.get(foldKey(actor));
    if (fold === undefined) {
      const row = { kind: 'actor', actor, depth, hasEnded: isEnded(actor), hasChildren: false } as const;
      const at = rows.push(row) - 1;
      list(children, options, rows);
      if (rows.length > at + 1) rows[at] = { ...row, hasChildren: true };
    } else if (fold[0] === branch) rows.push(foldedRow(branch, fold));
  }
}

function foldEnded(
  branches: readonly Branch[],
  { unfolded, hidesEnded }: TreeOptions,
): ReadonlyMap<string, readonly Branch[]> {
  const groups = new Map<string, Branch[]>();
  if (hidesEnded === true) return groups;
  for (const branch of branches) {
    const key = foldKey(branch.actor);
    if (branch.isWanted || unfolded?.has(key) === true) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [branch]);
    else group.push(branch);
  }
  return new Map([...groups].filter(([, group]) => group.length > mostListed));
}

const foldKey = ({ parentId, src, name }: ActorAt): string => JSON.stringify([parentId, src ?? name]);

/** More would not fit beside each other, and a fold may stand for thousands. */
const mostNamed = 10;

const foldedRow = ({ actor, depth }: Branch, fold: readonly Branch[]): FoldedRow => ({
  kind: 'folded',
  key: foldKey(actor),
  depth,
  src: actor.src ?? actor.name,
  count: fold.length,
  names: [
    ...new Set(
      fold
        .slice(-mostNamed)
        .map((each) => each.actor.name)
        .reverse(),
    ),
  ],
  failed: fold.filter((each) => each.actor.snapshot.snapshot.status === 'error').length,
});
