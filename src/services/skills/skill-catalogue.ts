import { noContract, type SkillContract } from '../../domain/agent-session/skill-contract.ts';
import { AppError } from '../../domain/app-error.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { type PlacedFault, placedFaultsError } from '../../domain/placed-fault.ts';
import { skillContractOf } from '../../domain/skill.schema.ts';
import { quote } from '../yaml/describe-value.ts';
import { readSkillFile, type SkillFile } from './read-skill-file.ts';
import { findLinkOutside, findSkillPlaces, type SkillPlace } from './skill-places.ts';

/** A skill that is valid. */
export interface Skill {
  readonly name: string;
  readonly place: SkillPlace;
  readonly file: SkillFile;
  /** Empty for none. */
  readonly description: string;
  readonly categories: readonly string[];
  /** Names of skills or packs. */
  readonly dependencies: readonly string[];
  /** Its own, or that of the skill which it overrides. */
  readonly contract: SkillContract;
}

/** A skill, or what is wrong with its file. */
export type SkillReading = { readonly place: SkillPlace } & (
  | { readonly skill: Skill }
  | { readonly faults: readonly PlacedFault[] }
);

/** The skills of a project and those that are shipped. Each file is read when it is first asked for, and once. */
export interface SkillCatalogue {
  /** In alphabetical order. */
  readonly names: readonly string[];
  /** @throws AppError `not_found`, with the name that was probably meant */
  read(name: string): SkillReading;
  /** The skill. @throws AppError as `read` does; `invalid_input`, naming the places, for one that is not valid */
  find(name: string): Skill;
  /** The same; undefined: no skill has the name. */
  get(name: string): Skill | undefined;
  /** Those that are valid. */
  values(): Iterable<Skill>;
}

export function openSkillCatalogue(projectDir: string, bundledDir: string): SkillCatalogue {
  const places = findSkillPlaces(projectDir, bundledDir);
  const names = [...places.keys()].sort();
  const known = new Map<string, SkillReading>();
  const read = (name: string) => {
    const [place, ...overridden] = places.get(name) ?? [];
    if (place === undefined) throw unknownSkill(name, names);
    const reading = known.get(name) ?? readSkill(place, overridden);
    known.set(name, reading);
    return reading;
  };
  const find = (name: string) => {
    const reading = read(name);
    if ('faults' in reading) throw placedFaultsError(reading.faults);
    return reading.skill;
  };
  return {
    names,
    read,
    find,
    get: (name) => (places.has(name) ? find(name) : undefined),
    *values() {
      for (const name of names) {
        const reading = read(name);
        if ('skill' in reading) yield reading.skill;
      }
    },
  };
}

function unknownSkill(name: string, names: readonly string[]): AppError {
  const near = nearestName(name, names);
  const hint = near === undefined ? 'maitred skills list shows them' : `did you mean ${near}?`;
  return new AppError('not_found', `there is no skill ${quote(name)}; ${hint}`);
}

/**
 * Reads a skill.
 * @param overridden those of the same name that it wins over
 */
export function readSkill(place: SkillPlace, overridden: readonly SkillPlace[] = []): SkillReading {
  const outside = findLinkOutside(place);
  if (outside !== null) return { place, faults: [outside] };
  const file = readSkillFile(place.file);
  if ('faults' in file) return { place, ...file };
  const { description = '', categories, activate_deps, maitred } = file.frontmatter;
  const dependencies = [...new Set([...(maitred?.dependencies ?? []), ...activate_deps])];
  const contract = maitred ? skillContractOf(maitred) : inheritedContract(overridden);
  const { name } = place;
  return { place, skill: { name, place, file, description: description.trim(), categories, dependencies, contract } };
}

/** A skill that says nothing of a contract keeps that of the shipped one, since callers of the name depend on it. */
function inheritedContract(overridden: readonly SkillPlace[]): SkillContract {
  const bundled = overridden.find(({ source }) => source === 'bundled');
  const reading = bundled === undefined ? undefined : readSkill(bundled);
  return reading !== undefined && 'skill' in reading ? reading.skill.contract : noContract;
}
