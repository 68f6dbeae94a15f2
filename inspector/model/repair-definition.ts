/** The keys that are read of a state node, an invoke and a transition. A state may have any of these as its name. */
const ofNode = [
  'id',
  'initial',
  'type',
  'history',
  'target',
  'description',
  'entry',
  'invoke',
  'on',
  'always',
  'after',
];
const ofInvoke = ['id', 'src', 'onDone', 'onError', 'onSnapshot'];
const ofTransition = ['target', 'guard', 'description', 'reenter', 'meta'];

type Members = Readonly<Record<string, unknown>>;

/**
 * Restores the members of a machine's configuration that a picture needs from their form on the wire. Functions become functions with the same name that do
 * nothing.
 * @throws Error if something that the picture needs was truncated
 */
export function repairDefinition(definition: unknown): Members {
  return repairNode(definition);
}

function repairNode(written: unknown): Members {
  const node = membersOf(written);
  const { entry, invoke, on, always, after, states, onDone, initial, ...words } = pick(node, [
    ...ofNode,
    'states',
    'onDone',
  ]);
  return present({
    ...mapMembers(words, textOf),
    initial: initial === undefined ? undefined : repairTransition(initial),
    entry: entry === undefined ? undefined : itemsOf(entry).map(namedOf),
    invoke: invoke === undefined ? undefined : itemsOf(invoke).map(repairInvoke),
    on: on === undefined ? undefined : mapMembers(membersOf(on), repairTransition),
    after: after === undefined ? undefined : mapMembers(membersOf(after), repairTransition),
    always: always === undefined ? undefined : repairTransition(always),
    onDone: onDone === undefined ? undefined : repairTransition(onDone),
    states: states === undefined ? undefined : mapMembers(membersOf(states), repairNode),
  });
}

function repairInvoke(written: unknown): unknown {
  const { id, src, ...arrows } = pick(membersOf(written), ofInvoke);
  const name = typeof src === 'string' ? src : undefined;
  return present({ id: textOf(id), src: name ?? {}, ...mapMembers(arrows, repairTransition) });
}

function repairTransition(written: unknown): unknown {
  if (typeof written === 'string' || written === null) return written;
  if (isList(written)) return itemsOf(written).map(repairTransition);
  const { target, guard, description, reenter, meta } = pick(membersOf(written), ofTransition);
  return present({
    target: isList(target) ? itemsOf(target).map(textOf) : textOf(target),
    guard: guard === undefined ? undefined : namedOf(guard),
    description: textOf(description),
    reenter,
    meta: (Object(meta) as Members).isImplied === true ? { isImplied: true } : undefined,
  });
}

/** Actions and guards: by name, as an object with a type, or as a function. */
function namedOf(written: unknown): unknown {
  if (typeof written === 'string') return written;
  const { $type, type } = membersOf(written);
  const name = textOf(type);
  return $type === 'Function' ? nameFunction(typeof name === 'string' ? name : '') : { type: name };
}

const nameFunction = (name: string) => Object.defineProperty(() => false, 'name', { value: name });

/** A truncated text is acceptable: only people read it. */
function textOf(written: unknown): unknown {
  const { $type, value } = Object(written) as Members;
  return $type === 'Text' ? `${value}…` : written;
}

const isList = (written: unknown) => Array.isArray(written) || (Object(written) as Members).$type === 'Array';

function itemsOf(written: unknown): readonly unknown[] {
  const { $type } = Object(written) as Members;
  if ($type === 'Array') throw new Error('a list in its definition was truncated');
  return Array.isArray(written) ? written : [written];
}

function membersOf(written: unknown): Members {
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    throw new Error('its definition has another value where an object is required');
  const members = written as Members;
  const { $type, size, entries } = members;
  if ($type === 'Deep') throw new Error('its innermost states were truncated');
  if ($type !== 'Object') return members;
  const whole = Object(entries) as Members;
  if (typeof size === 'number' && Object.keys(whole).length < size)
    throw new Error(`an object in its definition has only ${Object.keys(whole).length} of its ${size} entries`);
  return whole;
}

const pick = (members: Members, keys: readonly string[]): Members =>
  Object.fromEntries(keys.filter((key) => Object.hasOwn(members, key)).map((key) => [key, members[key]]));

const mapMembers = (members: Members, change: (written: unknown) => unknown): Members =>
  Object.fromEntries(Object.entries(members).map(([key, written]) => [key, change(written)]));

const present = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
