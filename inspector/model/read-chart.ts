import { createMachine } from 'xstate';
import { printable } from '../../src/domain/printable-text.ts';
import type { Chart } from '../../src/drawing/chart.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';
import { repairDefinition } from './repair-definition.ts';

/** The reason why a chart cannot be drawn, in a sentence. */
export interface ChartProblem {
  readonly problem: string;
}

/** Reads a chart from the definition of a machine, as it is on the wire. Never throws. */
export function readChart(definition: string): Chart | ChartProblem {
  let config: object;
  try {
    config = repairDefinition(JSON.parse(definition));
  } catch (error) {
    return cannotBeDrawn(error instanceof SyntaxError ? 'its definition is not JSON' : reasonOf(error));
  }
  try {
    return describeChart(createMachine(config).root);
  } catch (error) {
    return cannotBeDrawn(`XState rejects its definition with "${reasonOf(error)}"`);
  }
}

const cannotBeDrawn = (reason: string): ChartProblem => ({ problem: `This chart cannot be drawn: ${reason}.` });

const longestReason = 300;

function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'its states are nested too deeply';
  const { message = '' } = Object(error) as { message?: string };
  return printable(message.replaceAll('\n', ' ').replace(/\.$/, '')).slice(0, longestReason);
}
