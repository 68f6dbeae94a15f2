/** `run`: a folder in the runs root; `worktree`: a worktree of the project, in the worktree root. */
export type CleanupCandidateKind = 'run' | 'worktree';

/** A folder that finished work may have left behind, and what to do with it. */
export interface CleanupCandidate {
  readonly kind: CleanupCandidateKind;
  /** Absolute. */
  readonly path: string;
  /** Since anything in it was changed; null if not measured. */
  readonly ageMs: number | null;
  readonly sizeBytes: number | null;
  readonly verdict: CleanupVerdict;
}

export type CleanupVerdict =
  /** Proven to be ours, unchanged for five hours, and without content that exists only here. */
  | { readonly fate: 'stale' }
  | { readonly fate: 'recent' }
  /** `byHand`: the command that removes it anyway; null: do not remove it. */
  | { readonly fate: 'kept'; readonly why: string; readonly byHand: readonly string[] | null };

/** A folder that changed more recently may be in use. */
export const staleAfterMs = 5 * 60 * 60 * 1_000;
