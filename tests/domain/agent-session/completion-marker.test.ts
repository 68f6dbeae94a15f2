import { describe, expect, it } from 'vitest';
import {
  completionMarker,
  hasMarkerLine,
  isMarked,
  withoutMarker,
} from '../../../src/domain/agent-session/completion-marker.ts';
import { marker } from './session-evidence.ts';

describe('The completion marker', () => {
  it('has a name, and a number of its own', () => {
    expect(completionMarker('DONE', '0a1b2c3d')).toBe(marker);
  });

  it.each([
    ['alone', marker, true],
    ['below a text', `Done.\n${marker}`, true],
    ['above a text', `${marker}\nDone.`, true],
    ['after spaces', `Done.\n  ${marker}\t`, true],
    ['in lines of a terminal', `Done.\r\n${marker}\r\n`, true],
    ['in bold', `Done.\n**${marker}**`, true],
    ['in bold, with spaces', `Done.\n ** ${marker} ** \r`, true],
    ['in a sentence', `I end with ${marker} later.`, false],
    ['after a text in the same line', `Done. ${marker}`, false],
    ['of another session', 'Done.\n%%DONE::ffffffff%%', false],
    ['twice in a line', `${marker}${marker}`, false],
  ])('%s', (_, text, isLine) => {
    expect(hasMarkerLine(text, marker)).toBe(isLine);
  });

  it('marks a text that ends with it, not one that only mentions it', () => {
    expect(isMarked(`Done. ${marker}\n`, marker)).toBe(true);
    expect(isMarked(`Done. **${marker}**`, marker)).toBe(true);
    expect(isMarked(`I end with ${marker} later.`, marker)).toBe(false);
  });

  it('is taken out of a text, with its line', () => {
    expect(withoutMarker(`\nDone.\n**${marker}**\r\nAll of it. ${marker}\n\n`, marker)).toBe('Done.\nAll of it.');
    expect(withoutMarker(`**${marker}**`, marker)).toBe('');
  });
});
