/** What a click, a key or the pointer is about. */
export interface Touched {
  /** Of the state around it; null: none. */
  readonly path: string | null;
  readonly actorId: string | null;
  /** What the keyboard is at. */
  readonly stop: string | null;
  /** It is the sign that closes and opens the state. */
  readonly isFold: boolean;
}

export function findTouched(target: EventTarget | null): Touched {
  const element = target instanceof Element ? target : null;
  const around = (selector: string) => element?.closest<SVGElement>(selector)?.dataset;
  return {
    path: around('.state')?.state ?? null,
    actorId: around('.invoke')?.invoke ?? null,
    stop: around('[data-stop]')?.stop ?? null,
    isFold: element?.closest('.fold') != null,
  };
}
