import { placedText } from '../../domain/placed-fault.ts';
import { printable } from '../../domain/printable-text.ts';
import type { ListedSkill, Skills } from '../../services/skills/skills.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, paintFor, writeRemark } from '../report.ts';
import { placeText, skillJson } from './listed-skill.ts';

/** `maitred skills list`. Skills that are not valid are remarks. */
export function listSkills(host: CliHost, service: Skills, projectDir: string, asJson: boolean): void {
  const { skills, faults } = service.list(projectDir);
  const paint = paintFor(host);
  const text = skills.map((skill) => `${paint('strong', skill.name)}: ${entryText(skill, projectDir)}\n`).join('');
  host.stdout.write(asJson ? jsonText({ skills: skills.map(skillJson), faults }) : text);
  if (!asJson) for (const fault of faults) writeRemark(host, placedText(fault));
}

function entryText(skill: ListedSkill, projectDir: string): string {
  const promises = skill.contract.outputs.map(({ name }) => name).join(', ');
  const facts = [
    placeText(skill, projectDir),
    ...(promises === '' ? [] : [`answers with ${promises}`]),
    ...(skill.disabled === null ? [] : [`disabled: ${skill.disabled}`]),
  ];
  return [skill.description || 'no description', facts.join('; ')].map(printable).join('\n  ');
}
