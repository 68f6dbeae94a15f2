import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { captureOutput } from '../../../src/services/scenario/capture-output.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aProcessService, aSpec, neverStopped } from '../platform/process/a-process-service.ts';

const mib = 1_024 ** 2;

/** What a program writes to stdout, with its settings for large outputs. */
async function outputOf(script: string, keptOutputBytes?: number) {
  const service = aProcessService();
  const kept = keptOutputBytes === undefined ? {} : { keptOutputBytes };
  const spec = aSpec(service, script, { outputLimitBytes: 64 * mib, ...kept });
  const { stdout } = await service.processes.run(spec, { signal: neverStopped() });
  return stdout;
}

const only = (bytes: Uint8Array, byte: string) => bytes.every((one) => one === byte.charCodeAt(0));

/** So many bytes of a letter. */
const write = (bytes: number, letter: string) => `head -c ${bytes} /dev/zero | tr '\\0' ${letter}`;

describe('The output of a program', () => {
  it('is kept as it was where it is short', async () => {
    const { head, tail, leftOutBytes } = await captureOutput(await outputOf('printf "one\\ntwo"'));
    expect([Buffer.from(head).toString(), tail.length, leftOutBytes]).toEqual(['one\ntwo', 0, 0]);
  });

  it('is kept byte by byte where it is in a file, and as a whole up to 4 MiB', async () => {
    const output = await outputOf(`printf '\\377\\376'; ${write(4 * mib - 4, 'x')}; printf '\\200\\n'`);
    const { head, tail, leftOutBytes } = await captureOutput(output);
    expect([head.length, tail.length, leftOutBytes]).toEqual([4 * mib, 0, 0]);
    expect([...head.subarray(0, 3), ...head.subarray(-2)]).toEqual([0xff, 0xfe, 0x78, 0x80, 0x0a]);
  });

  it('is kept with 2 MiB of each end where it is longer', async () => {
    const output = await outputOf(`${write(2 * mib, 'a')}; ${write(8 * mib, 'm')}; ${write(2 * mib, 'z')}`);
    const { head, tail, leftOutBytes } = await captureOutput(output);
    expect([head.length, tail.length, leftOutBytes]).toEqual([2 * mib, 2 * mib, 8 * mib]);
    expect([only(head, 'a'), only(tail, 'z')]).toEqual([true, true]);
  });

  it.each([1, 3, 5.5, 8, 16])(
    'counts what the process service has already dropped from the middle, and has no line about that, of %s MiB that it keeps',
    async (keptMib) => {
      const output = await outputOf(`${write(14 * mib, 'a')}; ${write(14 * mib, 'z')}`, keptMib * mib);
      expect(output.dropped).toBeDefined();
      const { head, tail, leftOutBytes } = await captureOutput(output);
      expect([only(head, 'a'), only(tail, 'z')]).toEqual([true, true]);
      expect([head.length, tail.length].every((bytes) => bytes > 0 && bytes <= 2 * mib)).toBe(true);
      expect(head.length + tail.length + leftOutBytes).toBe(output.sizeBytes);
    },
  );

  it('is kept with its end where its file is gone, or could not be kept', async () => {
    const file = `${tempFolder()}/output`;
    writeFileSync(file, 'x'.repeat(90) + 'y'.repeat(10));
    const output = { text: 'y'.repeat(10), sizeBytes: 100, truncatedBytes: 90, file };
    expect((await captureOutput(output)).leftOutBytes).toBe(0);
    rmSync(file);
    for (const lost of [output, { ...output, file: null }]) {
      const { head, tail, leftOutBytes } = await captureOutput(lost);
      expect([head.length, Buffer.from(tail).toString(), leftOutBytes]).toEqual([0, 'yyyyyyyyyy', 90]);
    }
  });
});
