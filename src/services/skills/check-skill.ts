import { boundedMatch } from '../../domain/bounded-match.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { dependencyCircle, membersOf } from '../../domain/skill-closure.ts';
import { skillPacks } from '../../domain/skill-packs.ts';
import { quote } from '../yaml/describe-value.ts';
import type { Skill, SkillCatalogue } from './skill-catalogue.ts';

/** What a valid skill lacks to be useful: a description, promises that hold together, and dependencies that exist. */
export function checkSkill(skill: Skill, catalogue: Pick<SkillCatalogue, 'values' | 'names'>): readonly PlacedFault[] {
  return [...checkNames(skill), ...checkDependencies(skill, catalogue), ...checkOutputs(skill)];
}

function checkNames({ name, description, file, place }: Skill): readonly PlacedFault[] {
  const faults: PlacedFault[] = [];
  const given = file.frontmatter.name;
  if (given !== undefined && given !== name && place.file.endsWith('/SKILL.md')) {
    const message = `the name is ${quote(given)}; expected that of its folder; write ${quote(name)}, or rename the folder`;
    faults.push({ place: file.placeOf(['name']), message });
  }
  if (description === '') {
    const message =
      'the description is missing; expected a sentence that says what the skill does and when to use it; add it';
    faults.push({ place: file.placeOf(['description']), message });
  }
  return faults;
}

function checkDependencies(skill: Skill, catalogue: Pick<SkillCatalogue, 'values' | 'names'>): readonly PlacedFault[] {
  const { file, dependencies } = skill;
  const faults: PlacedFault[] = [];
  const placeOf = (dependency: string) => {
    const own = file.frontmatter.maitred?.dependencies.indexOf(dependency) ?? -1;
    if (own >= 0) return file.placeOf(['maitred', 'dependencies', own]);
    return file.placeOf(['activate_deps', file.frontmatter.activate_deps.indexOf(dependency)]);
  };
  // What is wrong with another skill is found where that is checked.
  const known = new Map([...catalogue.values()].map((each) => [each.name, each]));
  for (const dependency of dependencies) {
    const exists = catalogue.names.includes(dependency) || Object.hasOwn(skillPacks, dependency);
    if (exists || membersOf(dependency, known).length > 0) continue;
    const near = nearestName(dependency, [...catalogue.names, ...Object.keys(skillPacks)]);
    const hint = near === undefined ? 'remove it' : `did you mean ${quote(near)}?`;
    const message = `there is no skill and no pack ${quote(dependency)}; expected the name of one; ${hint}`;
    faults.push({ place: placeOf(dependency), message });
  }
  const circle = dependencyCircle(skill, known);
  if (circle !== null) {
    const message = `the dependencies are circular: ${circle.join(' → ')}; expected none of a skill on itself; remove one`;
    const first = dependencies.find((dependency) =>
      membersOf(dependency, known).some(({ name }) => name === circle[1]),
    );
    faults.push({ place: placeOf(first ?? ''), message });
  }
  return faults;
}

const outputHeading = /^#{1,6}[ \t]+outputs?[ \t#]*\r?$/im;

function checkOutputs({ file, contract }: Skill): readonly PlacedFault[] {
  const given = file.frontmatter.maitred?.outputs ?? [];
  const section = outputSection(file.body);
  return given.flatMap(({ name, required, pattern, examples }, index) => {
    const at = ['maitred', 'outputs', index];
    const faults: PlacedFault[] = [];
    const expression = contract.outputs[index]?.pattern ?? '';
    for (const [example, line] of examples.entries()) {
      if (boundedMatch(line, expression) !== null) continue;
      const message = `the example ${quote(line)} does not match ${quote(expression)}; expected a line that does; correct one of them`;
      faults.push({ place: file.placeOf([...at, 'examples', example]), message });
    }
    if (pattern !== undefined && examples.length === 0) {
      const message = `the pattern of ${name} has no examples; expected at least one line that it matches; add examples`;
      faults.push({ place: file.placeOf([...at, 'pattern']), message });
    }
    if (required && !new RegExp(`\\b${name}\\b`).test(section ?? '')) {
      const where = section === null ? 'there is no section "## Output"' : 'the section Output does not name it';
      const message = `the output ${name} is required, and ${where}; expected the line "${name} = …" there; add it`;
      faults.push({ place: file.placeOf([...at, 'name']), message });
    }
    return faults;
  });
}

/** The text below the heading Output, up to the next heading; null: there is none. */
function outputSection(body: string): string | null {
  const heading = outputHeading.exec(body);
  if (heading === null) return null;
  const rest = body.slice(heading.index + heading[0].length);
  return rest.split(/^#{1,6}[ \t]/m, 1)[0] ?? '';
}
