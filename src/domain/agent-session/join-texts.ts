import type { AgentEvent } from './agent-event.ts';

/** The events with texts that follow each other as one, as lines. A program that prints much is one event for each part that is read of it. */
export function joinTexts(events: readonly AgentEvent[]): readonly AgentEvent[] {
  const joined: AgentEvent[] = [];
  let texts: string[] = [];
  const finish = () => {
    if (texts.length > 0) joined.push({ type: 'text', text: texts.join('\n') });
    texts = [];
  };
  for (const event of events) {
    if (event.type === 'text') texts.push(event.text);
    else {
      finish();
      joined.push(event);
    }
  }
  finish();
  return joined;
}
