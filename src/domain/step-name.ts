/** Of a step or an order, in characters. */
export const longestStepName = 200;

/** The name under which a run of a step counts: without the number of the attempt (`plan-2` is `plan`), unless it is only that number. */
export function canonicalStepName(stepName: string): string {
  const name = stepName.slice(0, longestStepName).trim();
  return name.replace(/(?<=.)-\d+$/s, '');
}
