/** What a closure needs of a skill. */
interface Dependent {
  readonly name: string;
  readonly categories: readonly string[];
  /** Names of skills, or of packs, which stand for all their members. */
  readonly dependencies: readonly string[];
}

/** Where skills are found by name. A `ReadonlyMap` is one. */
interface SkillSet<Skill extends Dependent> {
  get(name: string): Skill | undefined;
  values(): Iterable<Skill>;
}

/** The skills that a dependency names: itself, or the members of a pack. */
export function membersOf<Skill extends Dependent>(dependency: string, skills: SkillSet<Skill>): readonly Skill[] {
  const named = skills.get(dependency);
  return named === undefined
    ? [...skills.values()].filter(({ categories }) => categories.includes(dependency))
    : [named];
}

/** A skill, first, and everything that it depends on, at any distance, each once. What does not exist is left out; a circle does no harm. */
export function skillClosure<Skill extends Dependent>(skill: Skill, skills: SkillSet<Skill>): readonly Skill[] {
  const found = new Map([[skill.name, skill]]);
  // What is found is added to what is looked at.
  for (const each of found.values())
    for (const dependency of each.dependencies)
      for (const member of membersOf(dependency, skills)) if (!found.has(member.name)) found.set(member.name, member);
  return [...found.values()];
}

/** The names of a circle of dependencies that begins and ends with the skill: `[a, b, a]`; null: there is none. */
export function dependencyCircle<Skill extends Dependent>(
  skill: Skill,
  skills: SkillSet<Skill>,
): readonly string[] | null {
  const seen = new Set<string>();
  const search = (from: Skill, path: readonly string[]): readonly string[] | null => {
    for (const member of from.dependencies.flatMap((dependency) => membersOf(dependency, skills))) {
      if (member.name === skill.name) return [...path, member.name];
      if (seen.has(member.name)) continue;
      seen.add(member.name);
      const circle = search(member, [...path, member.name]);
      if (circle !== null) return circle;
    }
    return null;
  };
  return search(skill, [skill.name]);
}
