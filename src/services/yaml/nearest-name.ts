import { distance } from 'fastest-levenshtein';

const leastSimilarity = 0.6;

/** Bounds the work for a name that is not a typing error. */
const longestName = 100;

/** The candidate that was probably meant by an unknown name; undefined if none is similar. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  let best: string | undefined;
  let bestSimilarity = leastSimilarity;
  for (const candidate of candidates) {
    const similarity = 1 - distance(name, candidate) / Math.max(name.length, candidate.length);
    if (similarity > bestSimilarity || (best === undefined && similarity >= bestSimilarity)) {
      best = candidate;
      bestSimilarity = similarity;
    }
  }
  return best;
}
