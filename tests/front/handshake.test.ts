import { describe, expect, it } from 'vitest';
import { type Handshake, handshakeText, parseHandshake } from '../../src/front/handshake.ts';

const handshake: Handshake = {
  protocolVersions: ['2025-06-18'],
  initializeHead: '{"protocolVersion":',
  initializeTail: ',"capabilities":{}}',
  tools: [
    { name: 'first', needs: [], json: '{"name":"first","description":"ein Test: äöü, 漢字 und 🍳"}' },
    { name: 'second', needs: ['audit'], json: '{"name":"second"}' },
  ],
};

describe('The handshake of a build', () => {
  it('is read from its file as it was written', () => {
    expect(parseHandshake(handshakeText(handshake, 'build-1'), 'build-1')).toMatchObject(handshake);
  });

  it('is not used by another build', () => {
    expect(parseHandshake(handshakeText(handshake, 'build-1'), 'build-2')).toBeNull();
  });

  it('is an error where the file is torn', () => {
    expect(() => parseHandshake('', 'build-1')).toThrow(SyntaxError);
    const text = handshakeText(handshake, 'build-1');
    for (const length of [40, text.indexOf('\n') + 5, text.length - 1])
      expect(() => parseHandshake(text.slice(0, length), 'build-1')).toThrow(SyntaxError);
  });
});
