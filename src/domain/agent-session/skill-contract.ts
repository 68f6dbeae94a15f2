/** One line `name = value` that a skill ends with. */
export interface SkillOutput {
  readonly name: string;
  /** `file_path` and `directory_path` are absolute; a `file_path_list` has one absolute path a line, the others below the first. */
  readonly type: 'text' | 'number' | 'boolean' | 'choice' | 'url' | 'file_path' | 'file_path_list' | 'directory_path';
  /** The allowed values of a `choice`. */
  readonly values?: readonly string[];
  readonly isRequired: boolean;
  /** A regular expression that the result must contain. */
  readonly pattern: string;
}

/** What a skill promises. */
export interface SkillContract {
  readonly outputs: readonly SkillOutput[];
  /** Whether a session that succeeds has written a file: `conditional` if the result matches all of `writesWhen`. */
  readonly writes: 'always' | 'never' | 'conditional' | 'unknown';
  /** Regular expressions. */
  readonly writesWhen: readonly string[];
  /** Tools that its session must have: names as the agent lists them. */
  readonly neededTools: readonly string[];
  /** Whether it works in a worktree that it makes itself: then changes in the source clone are contamination. */
  readonly makesWorktree: boolean;
}

/** Of a prompt that is not a skill, and of a skill without a contract: nothing is promised. */
export const noContract: SkillContract = {
  outputs: [],
  writes: 'unknown',
  writesWhen: [],
  neededTools: [],
  makesWorktree: false,
};
