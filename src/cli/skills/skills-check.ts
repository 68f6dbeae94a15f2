import { countText } from '../../domain/count-text.ts';
import { placedText } from '../../domain/placed-fault.ts';
import { printable } from '../../domain/printable-text.ts';
import type { CheckedSkill } from '../../services/skills/skills.ts';
import type { CliHost } from '../cli-host.ts';
import { FoundFaults } from '../found-faults.ts';
import { jsonText, writeRemark } from '../report.ts';

/**
 * `maitred skills check`: one line for each fault on stdout.
 * @throws FoundFaults if there are any
 */
export function checkSkills(host: CliHost, checked: readonly CheckedSkill[], asJson: boolean): void {
  const faults = checked.flatMap((skill) => skill.faults);
  const text = faults.map((fault) => `${printable(placedText(fault))}\n`).join('');
  host.stdout.write(asJson ? jsonText({ skills: checked }) : text);
  const what = countText(checked.length, 'skill');
  if (!asJson)
    writeRemark(host, `${what} checked: ${faults.length === 0 ? 'no faults' : countText(faults.length, 'fault')}`);
  if (faults.length > 0) throw new FoundFaults();
}
