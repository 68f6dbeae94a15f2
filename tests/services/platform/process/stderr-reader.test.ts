import { describe, expect, it } from 'vitest';
import { createStderrReader } from '../../../../src/services/platform/process/stderr-reader.ts';

function aReader() {
  const forwarded: string[] = [];
  const secrets: string[] = ['hunter2-hunter2'];
  const redact = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text);
  const reader = createStderrReader({ redact, forward: (line) => void forwarded.push(line) });
  return { forwarded, secrets, ...reader };
}

describe('What a command writes to stderr', () => {
  it('is forwarded line by line, without a secret that came in two parts', () => {
    const { push, end, forwarded, tail } = aReader();
    push(Buffer.from('token hunter2-'));
    push(Buffer.from('hunter2 used\nhalf a'));
    expect(forwarded).toEqual(['token [redacted] used\n']);
    push(Buffer.from(' line'));
    expect(tail()).toBe('token [redacted] used\nhalf a line');
    end();
    expect(forwarded).toEqual(['token [redacted] used\n', 'half a line\n']);
    expect(tail()).toBe('token [redacted] used\nhalf a line\n');
  });

  it('is kept at its end, and without a secret that has become known since', () => {
    const { push, secrets, tail } = aReader();
    for (let line = 0; line < 2_000; line += 1) push(Buffer.from(`line ${line}\n`));
    push(Buffer.from('key abcdefgh\n'));
    secrets.push('abcdefgh');
    expect(tail()).toMatch(/line 1999\nkey \[redacted\]\n$/);
    expect(tail().length).toBeLessThanOrEqual(4_096);
  });

  it('is left out where a line is too long', () => {
    const { push, forwarded } = aReader();
    push(Buffer.alloc(100_000, 'x'));
    push(Buffer.from('\nnext\n'));
    expect(forwarded).toEqual(['[a line of 100000 bytes is left out]\n', 'next\n']);
  });
});
