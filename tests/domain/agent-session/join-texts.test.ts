import { expect, it } from 'vitest';
import type { AgentEvent } from '../../../src/domain/agent-session/agent-event.ts';
import { joinTexts } from '../../../src/domain/agent-session/join-texts.ts';

const text = (said: string): AgentEvent => ({ type: 'text', text: said });
const other: AgentEvent = { type: 'other', kind: 'x' };

it('Texts that follow each other are one, and all else keeps its place', () => {
  expect(joinTexts([text('a'), text('b'), other, text('c'), other, other, text('d'), text('e')])).toEqual([
    text('a\nb'),
    other,
    text('c'),
    other,
    other,
    text('d\ne'),
  ]);
  expect(joinTexts([])).toEqual([]);
});
