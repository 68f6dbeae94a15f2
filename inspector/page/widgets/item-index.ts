/** The index of the list item that contains an element, from its `data-place`; -1: none. */
export function itemIndexOf(target: EventTarget | null): number {
  const item = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null;
  return item === null ? -1 : Number(item.dataset.place);
}
