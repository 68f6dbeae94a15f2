/** Functions to call when something changes. */
export interface Listeners<Args extends readonly unknown[]> {
  notify(...args: Args): void;
  /** @returns a function that ends it */
  subscribe(listener: (...args: Args) => void): () => void;
}

export function createListeners<Args extends readonly unknown[] = []>(): Listeners<Args> {
  const listeners = new Set<(...args: Args) => void>();
  return {
    notify(...args) {
      for (const listener of listeners) listener(...args);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
