/** `run`: a folder of the runs root; `worktree`: of the project, in the worktree root. */
export type CleanupCandidateKind = 'run' | 'worktree';

/** Something that work has left behind, and what is to become of it. */
export interface CleanupCandidate {
  readonly kind: CleanupCandidateKind;
  /** Absolute. */
  readonly path: string;
  /** Since anything in it was changed; null where that was not looked at. */
  readonly ageMs: number | null;
  readonly sizeBytes: number | null;
  readonly verdict: CleanupVerdict;
}

export type CleanupVerdict =
  /** Provably ours, untouched for long, and holding nothing that is nowhere else. */
  | { readonly fate: 'stale' }
  | { readonly fate: 'recent' }
  /** `byHand`: the command by which whoever knows better removes it; null where nobody should. */
  | { readonly fate: 'kept'; readonly why: string; readonly byHand: readonly string[] | null };

/** Younger ones may be at work. */
export const staleAfterMs = 5 * 60 * 60 * 1_000;
