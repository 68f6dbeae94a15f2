import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProcessOutput } from '../../../../src/services/platform/process/child-processes.ts';
import { readOutput } from '../../../../src/services/platform/process/read-output.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

const live = new AbortController().signal;

async function linesOf(output: ProcessOutput, signal = live) {
  const all: (string | null)[] = [];
  for await (const lines of readOutput(output, signal)) all.push(...lines);
  return all;
}

function inFile(content: string, change: Partial<ProcessOutput> = {}): ProcessOutput {
  const file = `${tempFolder()}/output`;
  writeFileSync(file, content);
  return { text: 'the end', sizeBytes: content.length, truncatedBytes: content.length - 7, file, ...change };
}

describe('The lines of an output', () => {
  it('are those of its text, if it has no file', async () => {
    expect(await linesOf({ text: 'a\nb', sizeBytes: 3, truncatedBytes: 0, file: null })).toEqual(['a', 'b']);
  });

  it('are those of its file, in parts', async () => {
    const lines = Array.from({ length: 30_000 }, (_, at) => `line ${at}`);
    expect(await linesOf(inFile(lines.join('\n')))).toEqual(lines);
  });

  it('have a gap for a line of more than a mebibyte', async () => {
    expect(await linesOf(inFile(`a\n${'x'.repeat(1_024 ** 2 + 1)}\nb`))).toEqual(['a', null, 'b']);
  });

  it('have a gap if less was kept than was written', async () => {
    expect(await linesOf(inFile('a\nb', { sizeBytes: 100 }))).toEqual(['a', 'b', null]);
    expect(await linesOf({ text: 'a\nb', sizeBytes: 100, truncatedBytes: 97, file: null })).toEqual([null, 'a', 'b']);
  });

  it('are those of the end after a gap, if the file was deleted', async () => {
    expect(await linesOf(inFile('a\nb', { file: '/not/there' }))).toEqual([null, 'the end']);
  });

  it('are those of the end after a gap, if a program has put a pipe in place of the file', async () => {
    const output = inFile('a\nb');
    rmSync(output.file ?? '');
    execFileSync('mkfifo', [output.file ?? '']);
    expect(await linesOf(output)).toEqual([null, 'the end']);
  });

  it('are read no further once nobody waits for them', async () => {
    await expect(linesOf(inFile('a\nb'), AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
  });
});
