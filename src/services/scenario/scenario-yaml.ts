import { AppError } from '../../domain/app-error.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import type { Arrival, ScenarioCall, ScenarioManifest, ScenarioStep } from '../../domain/scenario/scenario.ts';
import { mostYamlBytes } from '../../domain/scenario/scenario.ts';
import { writeYaml } from '../yaml/write-yaml.ts';

const headline = `# What programs did once, recorded by \`maitred serve --record-scenario\`.
# Replay it with \`maitred serve --replay-scenario DIR\`, and see what is in it with \`maitred scenario show DIR\`.
`;

export const manifestYaml = (manifest: ScenarioManifest): string => headline + writeYaml(manifest);

/** @throws AppError `invalid_input` where it would be too large to be read */
export const callYaml = (call: ScenarioCall): string => readable(writeYaml(call));

/** The same for a program. How its output arrived is last, a line for each row. */
export function stepYaml({ output, ...step }: ScenarioStep): string {
  const rows = output.map((row: Arrival) => `  - [${row.join(', ')}]\n`).join('');
  return readable(`${writeYaml(step)}output:${rows === '' ? ' []\n' : `\n${rows}`}`);
}

function readable(text: string): string {
  if (Buffer.byteLength(text) <= mostYamlBytes) return text;
  const message = `Its arguments and files take more than ${bytesText(mostYamlBytes)}: more is not recorded.`;
  throw new AppError('invalid_input', message);
}
