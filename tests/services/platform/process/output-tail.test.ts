import { appendFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOutputFile, type OutputFile } from '../../../../src/services/platform/process/output-file.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

function anOutput(content: string | Uint8Array): { readonly path: string; readonly file: OutputFile } {
  const path = `${tempFolder()}/output`;
  const file = createOutputFile(path);
  onTestFinished(() => file.discard());
  appendFileSync(path, content);
  return { path, file };
}

const tailOf = (content: string | Uint8Array, limitBytes: number) => anOutput(content).file.tail(limitBytes);

describe('The end of an output', () => {
  it('is all of it within the limit', () => {
    expect(tailOf('', 10)).toEqual({ text: '', sizeBytes: 0, truncatedBytes: 0 });
    expect(tailOf('one\ntwo\n', 8)).toEqual({ text: 'one\ntwo\n', sizeBytes: 8, truncatedBytes: 0 });
  });

  it('starts with a line, if the rest of the one before is the smaller part', () => {
    expect(tailOf('first\nsecond\nthird\n', 15)).toEqual({ text: 'second\nthird\n', sizeBytes: 19, truncatedBytes: 6 });
  });

  it('starts with the line that starts exactly there', () => {
    expect(tailOf('first\nsecond\nthird\n', 13)).toEqual({ text: 'second\nthird\n', sizeBytes: 19, truncatedBytes: 6 });
  });

  it('starts within a line that is most of it', () => {
    expect(tailOf('a line that is long\nend\n', 12)).toEqual({
      text: 'is long\nend\n',
      sizeBytes: 24,
      truncatedBytes: 12,
    });
    expect(tailOf('no line at all', 4)).toEqual({ text: ' all', sizeBytes: 14, truncatedBytes: 10 });
  });

  it.each(['é', '€', '😀'])('does not begin within %s', (character) => {
    const bytes = Buffer.byteLength(character);
    const content = `${character.repeat(10)}end`;
    for (let limitBytes = 4; limitBytes < Buffer.byteLength(content); limitBytes += 1) {
      const whole = Math.floor((limitBytes - 3) / bytes);
      const { text, truncatedBytes, sizeBytes } = tailOf(content, limitBytes);
      expect(text).toBe(`${character.repeat(whole)}end`);
      expect(truncatedBytes).toBe(sizeBytes - Buffer.byteLength(text));
    }
  });

  it('replaces bytes that are not UTF-8, and loses none that follow', () => {
    expect(tailOf(Buffer.from([0xff, 0x61, 0xc3, 0x0a, 0x62]), 10).text).toBe('\ufffda\ufffd\nb');
    // More bytes of a character's inside than any character has.
    expect(tailOf(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x61]), 6).text).toBe('\ufffd\ufffda');
  });

  it('may be empty', () => {
    expect(tailOf('text', 0)).toEqual({ text: '', sizeBytes: 4, truncatedBytes: 4 });
  });

  it('of a growing file is as of the reading', () => {
    const { path, file } = anOutput('one\n');
    expect(file.tail(6).text).toBe('one\n');
    appendFileSync(path, 'two\nthree\n');
    expect(file.tail(8)).toEqual({ text: 'three\n', sizeBytes: 14, truncatedBytes: 8 });
  });
});
