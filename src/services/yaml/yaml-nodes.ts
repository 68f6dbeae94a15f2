import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';

/** Whether a node is missing or null. */
export const isNothing = (node: unknown): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null);

/** What a node is, for messages. */
export function nodeKind(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  return isSeq(node) ? 'a list' : 'a single value';
}

/** The key of a pair; empty for a key that is not a scalar. */
export const keyOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');

/**
 * The pairs of a mapping, each with its key.
 * @param onRepeated called for a pair whose key another pair has already; it is left out
 */
export function* pairsOf(
  map: YAMLMap,
  onRepeated: (key: string, repeated: Pair, first: Pair) => void,
): Generator<{ readonly key: string; readonly pair: Pair }> {
  const first = new Map<string, Pair>();
  for (const pair of map.items) {
    const key = keyOf(pair);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, pair);
      yield { key, pair };
    } else onRepeated(key, pair, earlier);
  }
}
