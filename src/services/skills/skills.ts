import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { SkillContract } from '../../domain/agent-session/skill-contract.ts';
import { AppError } from '../../domain/app-error.ts';
import { type ImplementGate, requireVerifiedPlan } from '../../domain/implement-gate.ts';
import type { PlacedFault } from '../../domain/placed-fault.ts';
import { skillClosure } from '../../domain/skill-closure.ts';
import { parseSkillCommand } from '../../domain/skill-command.ts';
import { type SkillChoice, whyDisabled } from '../../domain/skill-packs.ts';
import { readSmallFile } from '../platform/read-regular-file.ts';
import { checkSkill } from './check-skill.ts';
import { openSkillCatalogue, readSkill, type Skill, type SkillReading } from './skill-catalogue.ts';
import type { SkillPlace } from './skill-places.ts';
import { fillFolders, type SkillFolders, writeSessionSkills } from './write-session-skills.ts';

/**
 * The skills of projects and those that are shipped. A project's skill wins over a shipped one of the same name: `.maitred/skills/<name>/SKILL.md`
 * first, then `.claude/skills/<name>/SKILL.md`. The project is the one around the working folder. Files are read anew at each call.
 */
export interface Skills {
  /** In alphabetical order; with the faults of those that are not valid. */
  list(cwd: string): { readonly skills: readonly ListedSkill[]; readonly faults: readonly PlacedFault[] };
  /** @throws AppError `not_found`, with the name that was probably meant; `invalid_input`, naming the places, for a skill that is not valid */
  show(name: string, cwd: string): ShownSkill;
  /**
   * What is wrong with skills, by skill, those without faults too.
   * @param named names, and paths of SKILL.md files or of their folders, which have a `/` or end in `.md`; none: all skills of the project
   * @throws AppError `not_found` for a name that no skill has
   */
  check(cwd: string, named: readonly string[]): readonly CheckedSkill[];
  /**
   * What `/name arguments` or `/maitred:name arguments` calls. Writes nothing.
   * @throws AppError `invalid_input` for another command and for a skill that is not valid, `not_found`, and `forbidden` for one that is disabled
   */
  resolve(command: string, cwd: string): CalledSkill;
  /**
   * Rejects a command that implements a plan which has not been verified.
   * @throws AppError as `requireVerifiedPlan` does
   */
  checkGate(command: string, gate: ImplementGate, cwd: string): void;
  /**
   * As `resolve`, and writes what the session may see to `<sessionDir>/skills`: the skill and what it depends on. Twice is safe.
   * @throws AppError as `resolve` does; `forbidden` where a file of a skill is a link that leaves its folder, `unavailable` if nothing can be written
   */
  prepare(call: {
    readonly command: string;
    readonly cwd: string;
    readonly sessionDir: string;
  }): Promise<PreparedSkill>;
}

export interface ListedSkill extends Skill {
  /** Why it is not offered; null: it is. */
  readonly disabled: string | null;
}

export interface ShownSkill extends ListedSkill {
  /** The SKILL.md, with its folders filled in. */
  readonly text: string;
  /** What a session of it sees: itself first. */
  readonly closure: readonly string[];
}

export interface CheckedSkill {
  readonly name: string;
  /** Its SKILL.md. */
  readonly path: string;
  readonly faults: readonly PlacedFault[];
}

export interface CalledSkill {
  readonly name: string;
  readonly contract: SkillContract;
  /** The call as a session gets it: `/name arguments`. */
  readonly prompt: string;
}

export interface PreparedSkill extends CalledSkill {
  /** The folder whose `.claude/skills` the session may see. */
  readonly skillDirs: readonly string[];
}

/** The settings, and where things are. */
export interface SkillsDeps {
  /** The skills that are shipped. */
  readonly bundledDir: string;
  projectDirOf(cwd: string): string;
  foldersOf(cwd: string): SkillFolders;
  readonly choice: SkillChoice;
}

const largestPlanBytes = 1_048_576;

export function createSkills({ bundledDir, projectDirOf, foldersOf, choice }: SkillsDeps): Skills {
  const catalogueAt = (cwd: string) => openSkillCatalogue(projectDirOf(cwd), bundledDir);
  const listed = (skill: Skill): ListedSkill => ({ ...skill, disabled: whyDisabled(skill.categories, choice) });
  const visibleTo = (skill: Skill, catalogue: ReturnType<typeof catalogueAt>) =>
    skillClosure(skill, catalogue).filter((each) => each === skill || listed(each).disabled === null);
  const call = (command: string, cwd: string) => {
    const { name, args } = parseSkillCommand(command);
    const catalogue = catalogueAt(cwd);
    const skill = catalogue.find(name);
    const { disabled } = listed(skill);
    if (disabled !== null) throw new AppError('forbidden', `the skill ${name} is disabled: ${disabled}`);
    return { called: { name, contract: skill.contract, prompt: `/${name} ${args}`.trimEnd() }, skill, catalogue };
  };
  return {
    list(cwd) {
      const catalogue = catalogueAt(cwd);
      const faults = catalogue.names.flatMap((name) => faultsIn(catalogue.read(name)));
      return { skills: [...catalogue.values()].map(listed), faults };
    },
    show(name, cwd) {
      const catalogue = catalogueAt(cwd);
      const skill = catalogue.find(name);
      const { head, body } = skill.file;
      const closure = visibleTo(skill, catalogue).map((each) => each.name);
      return { ...listed(skill), text: fillFolders(`${head}${body}`, foldersOf(cwd)), closure };
    },
    check(cwd, named) {
      const catalogue = catalogueAt(cwd);
      return (named.length === 0 ? catalogue.names : named).map((text) => {
        const reading = isPath(text) ? readSkill(placeOfFile(fileAt(resolve(cwd, text)))) : catalogue.read(text);
        const { name, file } = reading.place;
        return { name, path: file, faults: 'skill' in reading ? checkSkill(reading.skill, catalogue) : reading.faults };
      });
    },
    resolve: (command, cwd) => call(command, cwd).called,
    checkGate(command, gate, cwd) {
      requireVerifiedPlan(command, gate, cwd, (path) => readSmallFile(path, largestPlanBytes));
    },
    async prepare({ command, cwd, sessionDir }) {
      const { called, skill, catalogue } = call(command, cwd);
      const dir = join(sessionDir, 'skills');
      await writeSessionSkills(dir, visibleTo(skill, catalogue), foldersOf(cwd));
      return { ...called, skillDirs: [dir] };
    },
  };
}

const faultsIn = (reading: SkillReading) => ('faults' in reading ? reading.faults : []);

const isPath = (text: string) => text.includes('/') || text.endsWith('.md');

/** The SKILL.md in a folder; else the path. */
function fileAt(path: string): string {
  const inFolder = join(path, 'SKILL.md');
  return existsSync(inFolder) ? inFolder : path;
}

function placeOfFile(file: string): SkillPlace {
  const dir = dirname(file);
  return { name: basename(dir), source: 'project', dir, file, root: dir };
}
