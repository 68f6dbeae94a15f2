import { distance } from 'fastest-levenshtein';
import { configKeys, configSections } from './config-keys.ts';

const leastSimilarity = 0.6;

function nearest(name: string, candidates: Iterable<string>): string | undefined {
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

function keyNamed(name: string): string | undefined {
  return [...configKeys.keys()].find((key) => key.endsWith(`.${name}`));
}

/** Bounds the work on a name that nobody typed by mistake. */
const longestName = 100;

/** The section that was probably meant, else the dotted key whose section was left out. */
export function suggestSection(name: string): string | undefined {
  if (name.length > longestName) return undefined;
  const folded = name.toLowerCase();
  if (configKeys.has(folded)) return folded;
  return nearest(folded, configSections.keys()) ?? keyNamed(folded);
}

/** The dotted key that was probably meant: one of the same section first. */
export function suggestKey(key: string): string | undefined {
  if (key.length > longestName) return undefined;
  const folded = key.toLowerCase();
  const dot = folded.indexOf('.');
  const section = folded.slice(0, Math.max(dot, 0));
  const name = folded.slice(dot + 1);
  const known = configSections.get(section);
  const sibling = known && nearest(name, known.keys());
  return sibling === undefined ? (nearest(folded, configKeys.keys()) ?? keyNamed(name)) : `${section}.${sibling}`;
}
