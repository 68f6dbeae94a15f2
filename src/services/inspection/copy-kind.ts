import { type KeyKind, kindOfKey } from '../../domain/redact-key-names.ts';

/**
 * What the position of a value reveals. Some keys are names of states and events, which do not mark a secret:
 * `node` is the definition of a state, `nodes` holds some by name, `names` anything by name, `value` is the value of a state.
 */
export type CopyKind = KeyKind | 'node' | 'nodes' | 'names' | 'value';

export const isSecret = (kind: CopyKind) => kind === 'secret' || kind === 'token';

/** The kind of the value under a key of a value of this kind. */
export function kindWithin(kind: CopyKind, key: string, kinds: KindsOfKeys): CopyKind {
  switch (kind) {
    case 'open':
      return kinds(key);
    case 'node':
      return key === 'states' ? 'nodes' : key === 'on' ? 'names' : kinds(key);
    case 'nodes':
      return 'node';
    case 'names':
      return 'open';
    case 'value':
    case 'token':
    case 'secret':
      return kind;
  }
}

/** The kind of an item of a list, set or map of this kind. */
export const kindOfItem = (kind: CopyKind): CopyKind => (kind === 'token' || kind === 'secret' ? kind : 'open');

/** Classifies a key by its name. */
export type KindsOfKeys = (key: string) => KeyKind;

/** Remembers the kinds of keys: the same few keys occur again and again. */
export function createKindsOfKeys(): KindsOfKeys {
  const remembered = new Map<string, KeyKind>();
  return (key) => {
    const before = remembered.get(key);
    if (before !== undefined) return before;
    if (remembered.size >= mostKeys) remembered.clear();
    const kind = kindOfKey(key);
    remembered.set(key, kind);
    return kind;
  };
}

const mostKeys = 1_000;
