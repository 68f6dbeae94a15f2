/** As many deletions move the table of a Map with few entries some dozen times. */
const renewedAfter = 1_000;

/**
 * A Map whose entries come and go by the thousand. Where many entries of a Map are deleted, V8 moves the others to a new table, to which the old
 * one stays linked. A table that has outlived a few garbage collections thus keeps all later ones alive, with what they held, until the next
 * collection of the whole heap. So the Map itself is made anew from time to time: what iterates over it does not delete.
 */
export class RenewedMap<Key, Value> {
  #map = new Map<Key, Value>();
  #deletions = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    this.#map.set(key, value);
  }

  delete(key: Key): void {
    if (!this.#map.delete(key)) return;
    this.#deletions += 1;
    if (this.#deletions % renewedAfter === 0) this.#map = new Map(this.#map);
  }

  clear(): void {
    this.#map = new Map();
  }

  /** In the order in which they were set. */
  values(): Iterable<Value> {
    return this.#map.values();
  }
}
