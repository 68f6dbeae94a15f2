import { printable } from '../../domain/printable-text.ts';
import type { ShownSkill } from '../../services/skills/skills.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText } from '../report.ts';
import { skillJson } from './listed-skill.ts';

/** `maitred skills show`: the text, as a file. On a terminal, what could control it is escaped. */
export function showSkill(host: CliHost, skill: ShownSkill, asJson: boolean): void {
  const text = host.stdout.isTTY === true ? skill.text.split(/\r?\n/).map(printable).join('\n') : skill.text;
  host.stdout.write(asJson ? jsonText({ ...skillJson(skill), sees: skill.closure, text: skill.text }) : text);
}
