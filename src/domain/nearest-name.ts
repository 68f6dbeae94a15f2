import { distance } from 'fastest-levenshtein';

const leastSimilarity = 0.6;

/** Bounds the work for a name that is not a typing error. */
const longestName = 100;

const shortestAbbreviation = 3;

/** The candidate that was probably meant by an unknown name; undefined if none is similar. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  let best: string | undefined;
  let bestSimilarity = leastSimilarity;
  for (const candidate of candidates) {
    const edits = isSwapped(name, candidate) ? 1 : distance(name, candidate);
    const similarity = 1 - edits / Math.max(name.length, candidate.length);
    if (similarity > bestSimilarity || (best === undefined && similarity >= bestSimilarity)) {
      best = candidate;
      bestSimilarity = similarity;
    }
  }
  return best;
}

/** Whether two letters that stand side by side have changed places: `wiht` for `with`. */
function isSwapped(name: string, candidate: string): boolean {
  const at = [...name].findIndex((letter, index) => letter !== candidate[index]);
  if (at < 0 || name.length !== candidate.length) return false;
  const swapped = `${name.slice(0, at)}${name.charAt(at + 1)}${name.charAt(at)}${name.slice(at + 2)}`;
  return swapped === candidate;
}

/**
 * The same whatever the case of the name, or else one that abbreviates the name or that it abbreviates: `cmd` for `comand`, `worktree_path` for
 * `path`.
 * @param candidates in small letters
 */
export function nearestOrAbbreviated(given: string, candidates: readonly string[]): string | undefined {
  const name = given.toLowerCase();
  return (
    nearestName(name, candidates) ??
    candidates.find((candidate) => abbreviates(name, candidate) || abbreviates(candidate, name))
  );
}

/** Whether a name keeps the first or the last letter of a longer one, and no letter that it lacks: `cmd` of `command`, `path` of `db_path`. */
function abbreviates(short: string, long: string): boolean {
  if (short.length < shortestAbbreviation || (short[0] !== long[0] && short.at(-1) !== long.at(-1))) return false;
  let found = 0;
  for (const letter of long) if (letter === short[found]) found += 1;
  return found === short.length;
}
