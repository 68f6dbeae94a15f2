const most = 60;

/** The name of an actor as one line of at most 60 characters: a command may be a whole script. */
export function shortName(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ');
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
