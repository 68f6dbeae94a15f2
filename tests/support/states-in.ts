import { readFileSync } from 'node:fs';
import { statesOf } from './inspector-page.ts';

/** The states of the lifecycle in a recording, each with its first moment. */
export function statesIn(file: string, sessionId = 'lifecycle.x:0'): readonly { moment: number; active: string[] }[] {
  const messages = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as { type: string; sessionId?: string; value?: unknown });
  return messages.flatMap(({ type, sessionId: of, value }, position) =>
    type === '@xstate.microstep' && of === sessionId ? [{ moment: position + 1, active: statesOf(value).sort() }] : [],
  );
}
