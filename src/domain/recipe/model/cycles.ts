/** The groups of names from each of which every other one of the group can be reached, and itself. */
export function cyclesOf(names: readonly string[], next: (name: string) => Iterable<string>): readonly string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const open = new Set<string>();
  const found: string[][] = [];
  const known = new Set(names);
  const visit = (start: string) => {
    // Without recursion: a recipe can have thousands of steps in a row.
    const path = [{ name: start, left: [...next(start)].filter((name) => known.has(name)) }];
    enter(start);
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const { name, left } = at;
      const to = left.pop();
      if (to === undefined) {
        path.pop();
        close(name);
        const parent = path.at(-1)?.name;
        if (parent !== undefined) lower(parent, lowest.get(name));
      } else if (!order.has(to)) {
        enter(to);
        path.push({ name: to, left: [...next(to)].filter((each) => known.has(each)) });
      } else if (open.has(to)) lower(name, order.get(to));
    }
  };
  const enter = (name: string) => {
    order.set(name, order.size);
    lowest.set(name, order.get(name) ?? 0);
    stack.push(name);
    open.add(name);
  };
  const lower = (name: string, to = Number.POSITIVE_INFINITY) =>
    void lowest.set(name, Math.min(lowest.get(name) ?? to, to));
  const close = (name: string) => {
    if (lowest.get(name) !== order.get(name)) return;
    const group = stack.splice(stack.indexOf(name));
    for (const each of group) open.delete(each);
    if (group.length > 1 || [...next(name)].includes(name)) found.push(group);
  };
  for (const name of names) if (!order.has(name)) visit(name);
  return found;
}
