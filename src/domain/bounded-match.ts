import { runInThisContext } from 'node:vm';
import { encodeJson } from './encode-json.ts';

/** A pattern that is not catastrophic needs a few milliseconds for the longest text of a session. */
const mostMs = 250;
const mostSlow = 1_000;
/** Patterns that have taken too long: each of them costs its time once. */
const slow = new Set<string>();

/**
 * The first match of a stranger's pattern. One that takes too long, as `(a+)+$` can, and one that is invalid match nothing.
 * Only the engine itself can stop a match.
 */
export function boundedMatch(text: string, pattern: string, flags: 'm' | '' = 'm'): RegExpExecArray | null {
  if (slow.has(pattern)) return null;
  const code = `new RegExp(${encodeJson(pattern)}, '${flags}').exec(${encodeJson(text)})`;
  try {
    return runInThisContext(code, { timeout: mostMs });
  } catch (problem) {
    const isSlow = problem instanceof Error && 'code' in problem && problem.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    if (isSlow && slow.size < mostSlow) slow.add(pattern);
    return null;
  }
}
