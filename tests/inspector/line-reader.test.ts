import { describe, expect, it } from 'vitest';
import { createLineReader } from '../../inspector/model/line-reader.ts';
import type { PageLine, ServerLine } from '../../inspector/model/page-line.ts';
import { aHello, messagesOfTable } from './seen-charts.ts';

const server: ServerLine = {
  type: 'inspector.server',
  serverId: 'server-a',
  pid: 1,
  version: '0.0.0',
  projectDir: '/kitchen',
  startedAtMs: 900,
  status: 'running',
  why: null,
};

function read(pieces: readonly string[]) {
  const lines: PageLine[] = [];
  const problems: string[] = [];
  const reader = createLineReader(
    (line) => lines.push(line),
    (problem) => problems.push(problem),
  );
  for (const piece of pieces) reader.take(piece);
  return { lines, problems };
}

const textOf = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

describe('The stream of the inspector', () => {
  it('is read line by line, wherever it was cut on its way', async () => {
    const said = [
      server,
      aHello(),
      ...(await messagesOfTable()).map((message) => ({ ...message, serverId: 'server-a' })),
    ];
    const text = textOf(said);
    for (const length of [1, 50, 4_096, text.length]) {
      const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
        text.slice(at * length, (at + 1) * length),
      );
      expect(read(pieces)).toEqual({ lines: JSON.parse(JSON.stringify(said)), problems: [] });
    }
  });

  it('goes on after a line that cannot be read, and says which one that was', () => {
    const { lines, problems } = read([
      `nonsense\n[1]\n\n{"type":"maitred.bye","why":"It left."}\n${textOf([{ ...server, status: 'odd' }, server])}`,
    ]);
    expect(lines).toEqual([server]);
    expect(problems).toEqual([
      'line 1 of the stream was left out: it is no JSON',
      'line 2 of the stream was left out: it is no message: it has no "type"',
      'line 4 of the stream was left out: it does not say of which server it is',
      'line 5 of the stream was left out: inspector.server: "status" must be "running" or "left" or "gone" or "unreachable"',
    ]);
  });

  it('does not say for each of a thousand lines that it cannot be read', () => {
    const { lines, problems } = read([`${'nonsense\n'.repeat(1_000)}${textOf([server])}`]);
    expect(lines).toEqual([server]);
    expect(problems).toHaveLength(5);
  });

  it('may have messages that only a newer page knows', () => {
    expect(read(['{"type":"maitred.later","serverId":"server-a"}\n'])).toEqual({ lines: [], problems: [] });
  });
});
