import { appendFileSync, closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOutputFile } from '../../../../src/services/platform/process/output-file.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

function anOutput() {
  const path = `${tempFolder()}/output`;
  const file = createOutputFile(path);
  onTestFinished(() => file.discard());
  return { path, file, contents: () => readFileSync(path, 'utf8') };
}

const keptBytes = 1_000;

/** Each place in it is recognized by what stands there. */
const textOf = (bytes: number) => {
  const words = Array.from({ length: Math.ceil(bytes / 8) }, (_, at) => `${at} `.padStart(8, '.'));
  return words.join('').slice(0, bytes);
};

const marker = /\n\[… (at least )?(\d+) bytes are left out here\]\n/;

/** What a file holds, and what the line in its middle says. */
function partsOf(contents: string) {
  const [, atLeast, dropped] = marker.exec(contents) ?? [];
  const [head = '', end = ''] = contents.split(marker).filter((_, at) => at % 3 === 0);
  return { head, end, isExact: atLeast === undefined, dropped: Number(dropped) };
}

describe('Output beyond what is kept', () => {
  it('keeps its beginning and its end, and a line between them counts what is missing', async () => {
    const { path, file, contents } = anOutput();
    const text = textOf(5_000);
    appendFileSync(path, text);
    const taken = await file.take(16, keptBytes);
    expect(taken).toEqual({
      text: text.slice(-16),
      sizeBytes: 5_000,
      truncatedBytes: 4_984,
      file: path,
      dropped: { bytes: 4_250, isExact: true },
    });
    expect(contents()).toBe(`${text.slice(0, 500)}\n[… 4250 bytes are left out here]\n${text.slice(-250)}`);
  });

  it('is as if its middle were dropped while the system still drops it', async () => {
    const { path, file } = anOutput();
    appendFileSync(path, textOf(5_000));
    const dropped = file.dropMiddle(keptBytes);
    expect([file.sizeBytes(), file.tail(17).text, file.dropMiddle(keptBytes)]).toEqual([
      5_000,
      textOf(5_000).slice(-17),
      null,
    ]);
    await dropped;
    expect([file.sizeBytes(), statSync(path).size]).toEqual([5_000, 500]);
  });

  it('that is no longer wanted while its middle is dropped does not cut the next file', async () => {
    const { path, file } = anOutput();
    appendFileSync(path, textOf(5_000));
    const dropped = file.dropMiddle(keptBytes);
    file.discard();
    const next = anOutput();
    appendFileSync(next.path, textOf(5_000));
    await dropped;
    expect([existsSync(path), statSync(next.path).size]).toEqual([false, 5_000]);
  });

  it('is complete up to the limit, and no line is added', async () => {
    const { path, file, contents } = anOutput();
    appendFileSync(path, textOf(keptBytes));
    await file.dropMiddle(keptBytes);
    expect(await file.take(16, keptBytes)).not.toHaveProperty('dropped');
    expect(contents()).toBe(textOf(keptBytes));
  });

  it('has its beginning, its end and its size right, whatever is written between the looks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1_500), { minLength: 1, maxLength: 20 }), async (writes) => {
        const { path, file, contents } = anOutput();
        const sizeBytes = writes.reduce((sum, size) => sum + size, 0);
        const text = textOf(sizeBytes);
        let written = 0;
        for (const size of writes) {
          appendFileSync(path, text.slice(written, written + size));
          written += size;
          await file.dropMiddle(keptBytes);
          expect(statSync(path).size).toBeLessThanOrEqual(keptBytes);
          expect(file.sizeBytes()).toBe(written);
          const { text: last, truncatedBytes } = file.tail(20);
          expect(text.slice(0, written).endsWith(last)).toBe(true);
          expect(truncatedBytes).toBe(written - last.length);
        }
        const taken = await file.take(16, keptBytes);
        expect(taken.sizeBytes).toBe(sizeBytes);
        expect(text.endsWith(taken.text)).toBe(true);
        if (taken.dropped === undefined) return;
        const { head, end, dropped, isExact } = partsOf(contents());
        expect(text.startsWith(head) && text.endsWith(end)).toBe(true);
        expect([head.length, end.length >= 250]).toEqual([500, true]);
        expect(head.length + end.length).toBeLessThanOrEqual(keptBytes);
        expect(dropped).toBe(sizeBytes - head.length - end.length);
        expect(taken.dropped).toEqual({ bytes: dropped, isExact });
        expect(isExact).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('of a program that does not append is counted once, and its file has no hole', async () => {
    const { path, file, contents } = anOutput();
    const fd = openSync(path, 'r+');
    const text = textOf(9_000);
    for (let at = 0; at < text.length; at += 1_500) {
      writeSync(fd, text.slice(at, at + 1_500));
      await file.dropMiddle(keptBytes);
      expect(file.sizeBytes()).toBe(at + 1_500);
    }
    writeSync(fd, 'its last words');
    closeSync(fd);
    expect(await file.take(14, keptBytes)).toMatchObject({ text: 'its last words', sizeBytes: 9_014 });
    const { head, end } = partsOf(contents());
    expect([head, end]).toEqual([text.slice(0, 500), `${text.slice(-250)}its last words`]);
  });

  it('gives up more of its beginning where less may be kept later', async () => {
    const { path, file, contents } = anOutput();
    const text = textOf(5_000);
    appendFileSync(path, text);
    await file.dropMiddle(2_000);
    await file.dropMiddle(400);
    expect(statSync(path).size).toBe(200);
    expect(await file.take(16, 400)).toMatchObject({ sizeBytes: 5_000, dropped: { bytes: 4_700 } });
    expect(partsOf(contents())).toMatchObject({ head: text.slice(0, 200), end: text.slice(-100), dropped: 4_700 });
  });

  it('ends with the last words of a program that empties the file itself', async () => {
    const { path, file, contents } = anOutput();
    appendFileSync(path, textOf(5_000));
    await file.dropMiddle(keptBytes);
    closeSync(openSync(path, 'w'));
    appendFileSync(path, 'anew');
    expect(file.sizeBytes()).toBe(5_004);
    const dropped = { bytes: 4_750, isExact: false };
    expect(await file.take(4, keptBytes)).toMatchObject({ text: 'anew', sizeBytes: 5_004, file: path, dropped });
    expect(partsOf(contents())).toMatchObject({ head: '', end: `${textOf(5_000).slice(-250)}anew`, dropped: 4_750 });
  });

  it('leaves no file when its text is returned whole', async () => {
    const { path, file } = anOutput();
    appendFileSync(path, textOf(5_000));
    expect(await file.take(5_000, keptBytes)).toEqual({
      text: textOf(5_000),
      sizeBytes: 5_000,
      truncatedBytes: 0,
      file: null,
    });
    expect(existsSync(path)).toBe(false);
  });
});
