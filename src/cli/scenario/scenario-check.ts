import { countText } from '../../domain/count-text.ts';
import { placedText } from '../../domain/placed-fault.ts';
import { printable } from '../../domain/printable-text.ts';
import { checkScenario } from '../../services/scenario/check-scenario.ts';
import type { ScenarioFinding } from '../../services/scenario/scenario-reader.ts';
import type { CliHost } from '../cli-host.ts';
import { FoundFaults } from '../found-faults.ts';
import { jsonText, writeRemark } from '../report.ts';
import { sizeText } from './scenario-text.ts';

/**
 * `maitred scenario check`: one line for each finding on stdout. Warnings alone are no failure.
 * @throws FoundFaults if there are errors
 */
export async function printCheck(host: CliHost, dir: string, asJson: boolean): Promise<void> {
  const { findings, scenario } = await checkScenario(dir, { redact: host.redactor() });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = countText(findings.length - errors, 'warning');
  const ok = scenario === null ? '' : `ok: ${sizeText(scenario)}${findings.length === 0 ? '' : `; ${warnings}`}\n`;
  const lines = findings.map((finding) => `${printable(findingText(finding))}\n`).join('');
  host.stdout.write(asJson ? jsonText({ folder: dir, findings }) : lines + ok);
  if (errors === 0) return;
  if (!asJson) writeRemark(host, `${countText(errors, 'error')}, ${warnings}`);
  throw new FoundFaults();
}

const findingText = ({ place, severity, message, rule }: ScenarioFinding): string =>
  placedText({ place, message: `${severity}: ${message} (${rule})` });
