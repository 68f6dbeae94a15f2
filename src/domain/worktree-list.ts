/** A worktree, as git reports it. */
export interface Worktree {
  readonly path: string;
  /** Without `refs/heads/`; null if no branch is checked out. */
  readonly branch: string | null;
  /** The reason why it is locked, may be empty; null if it is not locked. */
  readonly locked: string | null;
  /** Whether its folder is gone. */
  readonly isPrunable: boolean;
}

/** Parses the output of `git worktree list --porcelain -z`; the main worktree is the first. */
export function readWorktreeList(text: string): Worktree[] {
  return text
    .split('\0\0')
    .map((record) => new Map(record.split('\0').map(splitAttribute)))
    .flatMap((attributes) => {
      const path = attributes.get('worktree');
      if (path === undefined) return [];
      return [
        {
          path,
          branch: attributes.get('branch')?.replace(/^refs\/heads\//, '') ?? null,
          locked: attributes.get('locked') ?? null,
          isPrunable: attributes.has('prunable'),
        },
      ];
    });
}

function splitAttribute(field: string): [string, string] {
  const space = field.indexOf(' ');
  return space === -1 ? [field, ''] : [field.slice(0, space), field.slice(space + 1)];
}
