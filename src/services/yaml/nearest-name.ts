import { distance } from 'fastest-levenshtein';

const leastSimilarity = 0.6;

/** What was probably meant by a name that is not there. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
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
