/** Which of the items of a list something belongs to, by its `data-place`; -1: none. */
export function placeOf(target: EventTarget | null): number {
  const item = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null;
  return item === null ? -1 : Number(item.dataset.place);
}
