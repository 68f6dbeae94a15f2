/** A worktree, as git tells of it. */
export interface Worktree {
  readonly path: string;
  /** Without `refs/heads/`; null where no branch is checked out. */
  readonly branch: string | null;
  /** null where it is not locked; else why, which may be empty. */
  readonly locked: string | null;
  /** Its folder is gone. */
  readonly isPrunable: boolean;
}

/** Reads what `git worktree list --porcelain -z` writes; the first is the main one. */
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
