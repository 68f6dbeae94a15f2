import { AppError } from '../domain/app-error.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { quote } from '../services/yaml/describe-value.ts';

/** Things that people name by an id, or by the beginning of one. */
export interface Identified<Thing> {
  /** The noun, for errors. */
  readonly noun: string;
  /** The command that lists the ids. */
  readonly listCommand: string;
  /** A name that no other thing has. */
  nameOf(thing: Thing): string;
  idsOf(thing: Thing): readonly string[];
}

const mostNames = 5;

/**
 * The thing with this name, this id, or an id that begins so.
 * @throws AppError `not_found`, with the name that was probably meant; `invalid_input` if several ids begin so
 */
export function findById<Thing>(things: readonly Thing[], given: string, kind: Identified<Thing>): Thing {
  const { noun, nameOf, idsOf } = kind;
  const matches = [
    (thing: Thing) => nameOf(thing) === given,
    (thing: Thing) => idsOf(thing).includes(given),
    (thing: Thing) => given !== '' && idsOf(thing).some((id) => id.startsWith(given)),
  ];
  for (const isMatch of matches) {
    const [thing, ...others] = things.filter(isMatch);
    if (thing === undefined) continue;
    if (others.length === 0) return thing;
    const names = [thing, ...others].slice(0, mostNames).map(nameOf).join(', ');
    throw new AppError(
      'invalid_input',
      `${quote(given)} matches several ${noun}s: ${names}; give more characters of the id`,
    );
  }
  throw unknownId(things, given, kind);
}

function unknownId<Thing>(
  things: readonly Thing[],
  given: string,
  { noun, listCommand, nameOf, idsOf }: Identified<Thing>,
): AppError {
  const beginnings = new Map(
    things.flatMap((thing) => idsOf(thing).map((id) => [id.slice(0, given.length), nameOf(thing)])),
  );
  const near = nearestName(given, beginnings.keys());
  const hint = near === undefined ? `${listCommand} shows the ids` : `did you mean ${beginnings.get(near)}?`;
  return new AppError('not_found', `no ${noun} has the id ${quote(given)}; ${hint}`);
}
