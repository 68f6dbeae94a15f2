import type { Command } from 'commander';
import { placedText } from '../../domain/placed-fault.ts';
import { readOpenConfig } from '../../services/config/read-config.ts';
import { createSkills, type Skills } from '../../services/skills/skills.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { projectOption, projectSourcesOf } from '../project-config.ts';
import { writeRemark } from '../report.ts';
import { checkSkills } from './skills-check.ts';
import { listSkills } from './skills-list.ts';
import { showSkill } from './skills-show.ts';

interface SkillsOptions {
  readonly project?: string;
  readonly json?: boolean;
}

/** `maitred skills`: what agent sessions can be asked to do. */
export function addSkillsCommand(program: Command, host: CliHost): void {
  const skills = program
    .command('skills')
    .description('list, show and check skills: what agent sessions can be asked to do')
    .addHelpText(
      'after',
      "\nA project's .maitred/skills/NAME/SKILL.md, or else its .claude/skills/NAME/SKILL.md, wins over the skill NAME of maitred.",
    )
    .addHelpText(...examples('maitred skills list', 'maitred skills show make-plan', 'maitred skills check'));
  skills
    .command('list')
    .description('list the skills of the project and those of maitred')
    .option(...projectOption)
    .option(...jsonOption)
    .addHelpText(...examples('maitred skills list', 'maitred skills list --json | jq -r ".skills[].name"'))
    .action((options: SkillsOptions) => {
      const { skills: service, projectDir } = skillsFor(host, options);
      listSkills(host, service, projectDir, options.json ?? false);
    });
  skills
    .command('show')
    .description('print a SKILL.md, to read it or to change a copy')
    .argument('<NAME>', 'a name from maitred skills list')
    .option(...projectOption)
    .option('--json', 'print JSON, for programs; it also has what the skill promises and which skills its sessions see')
    .addHelpText(
      ...examples(
        'maitred skills show make-plan',
        'mkdir -p .maitred/skills/make-plan && maitred skills show make-plan > .maitred/skills/make-plan/SKILL.md',
      ),
    )
    .action((name: string, options: SkillsOptions) => {
      const { skills: service } = skillsFor(host, options);
      showSkill(host, service.show(name, host.cwd()), options.json ?? false);
    });
  skills
    .command('check')
    .description('check frontmatter, examples, outputs and dependencies of skills; exit code 1 if anything is wrong')
    .argument(
      '[NAME|FILE...]',
      'names, or paths of SKILL.md files or their folders (default: all skills of the project and of maitred)',
    )
    .option(...projectOption)
    .option(...jsonOption)
    .addHelpText(...examples('maitred skills check', 'maitred skills check .claude/skills/release/SKILL.md'))
    .action((named: readonly string[], options: SkillsOptions) => {
      const { skills: service } = skillsFor(host, options);
      checkSkills(host, service.check(host.cwd(), named), options.json ?? false);
    });
}

const jsonOption = ['--json', 'print JSON, for programs'] as const;

/** @throws AppError `invalid_input` for a bad configuration */
function skillsFor(
  host: CliHost,
  { project }: SkillsOptions,
): { readonly skills: Skills; readonly projectDir: string } {
  const sources = projectSourcesOf(host, project);
  const { config, warnings } = readOpenConfig(sources);
  for (const warning of warnings) writeRemark(host, placedText(warning));
  const { workspace, subsets, packs } = config;
  const skills = createSkills({
    bundledDir: `${host.programDir}/skills`,
    projectDirOf: () => sources.projectDir,
    // A copy of what is shown works in every clone.
    foldersOf: () => ({ temp: workspace.temp_dir, worktrees: workspace.worktree_root ?? '../worktrees' }),
    choice: { disabledCategories: subsets.disabled, enabledPacks: packs.enabled },
  });
  return { skills, projectDir: sources.projectDir };
}
