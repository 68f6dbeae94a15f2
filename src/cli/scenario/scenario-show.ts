import type { KeptContent, ScenarioStep } from '../../domain/scenario/scenario.ts';
import { readContent } from '../../services/scenario/read-content.ts';
import { readScenario } from '../../services/scenario/read-scenario.ts';
import type { ReadCall, ReadScenario } from '../../services/scenario/scenario-reader.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, paintFor } from '../report.ts';
import { callLines, type StreamTexts, scenarioLines, stepLines } from './scenario-text.ts';

export interface ShowRequest {
  /** Outputs, arguments and variables are shown as a whole. */
  readonly isFull: boolean;
  readonly asJson: boolean;
}

/** `maitred scenario show`. @throws AppError as the reader does */
export async function showScenario(host: CliHost, dir: string, { isFull, asJson }: ShowRequest): Promise<void> {
  const scenario = await readScenario(dir);
  if (asJson) {
    host.stdout.write(jsonText(await scenarioJson(scenario, isFull)));
    return;
  }
  const paint = paintFor(host);
  const write = (lines: readonly string[]) =>
    host.stdout.write(lines.map((line) => `${line.trim() === '' ? '' : line}\n`).join(''));
  write(scenarioLines(scenario, paint));
  for (const call of scenario.calls) {
    write(['', ...callLines(call, paint, isFull)]);
    for (const [at, step] of call.steps.entries())
      write(stepLines(at + 1, step, { texts: await textsOf(call, step), paint, isFull }));
  }
}

/** The scenario as it is in its files. @param isFull with the texts of the streams of each program */
async function scenarioJson({ dir, manifest, calls }: ReadScenario, isFull: boolean): Promise<object> {
  const shown = [];
  for (const read of calls) {
    const steps = [];
    for (const step of read.steps) steps.push(isFull ? { ...step, texts: await textsOf(read, step) } : step);
    shown.push({ name: read.name, call: read.call, steps });
  }
  return { folder: dir, manifest, calls: shown };
}

const textsOf = async (call: ReadCall, step: ScenarioStep): Promise<StreamTexts> => ({
  stdin: await textOf(call, step.stdin),
  stdout: await textOf(call, step.stdout),
  stderr: await textOf(call, step.stderr),
});

async function textOf(call: ReadCall, content: KeptContent | undefined): Promise<string | null> {
  if (content?.file === undefined || content.binary) return null;
  return Buffer.from(await readContent(call, content)).toString('utf8');
}
