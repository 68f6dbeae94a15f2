import { describe, expect, it } from 'vitest';
import type { PageLine, ServerLine } from '../../inspector/model/page-line.ts';
import { createPageLineReader } from '../../inspector/model/page-line-reader.ts';
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
  const reader = createPageLineReader(
    (line) => lines.push(line),
    (problem) => problems.push(problem),
  );
  for (const piece of pieces) reader.take(piece);
  return { lines, problems };
}

const textOf = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

describe('The stream of the inspector', () => {
  it('is read line by line, wherever the pieces begin', async () => {
    const received = [
      server,
      aHello(),
      ...(await messagesOfTable()).map((message) => ({ ...message, serverId: 'server-a' })),
    ];
    const text = textOf(received);
    for (const length of [1, 50, 4_096, text.length]) {
      const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
        text.slice(at * length, (at + 1) * length),
      );
      expect(read(pieces)).toEqual({ lines: JSON.parse(JSON.stringify(received)), problems: [] });
    }
  });

  it('continues after an invalid line, and names it', () => {
    const { lines, problems } = read([
      `nonsense\n[1]\n\n{"type":"maitred.bye","why":"It left."}\n${textOf([{ ...server, status: 'odd' }, server])}`,
    ]);
    expect(lines).toEqual([server]);
    expect(problems).toEqual([
      'line 1 of the stream was skipped: it is not JSON',
      'line 2 of the stream was skipped: it is not a message: it has no "type"',
      'line 4 of the stream was skipped: it has no "serverId"',
      'line 5 of the stream was skipped: inspector.server: "status" must be "running" or "ended" or "disappeared" or "unreachable"',
    ]);
  });

  it('does not report each of a thousand invalid lines', () => {
    const { lines, problems } = read([`${'nonsense\n'.repeat(1_000)}${textOf([server])}`]);
    expect(lines).toEqual([server]);
    expect(problems).toHaveLength(5);
  });

  it('may have messages of unknown types', () => {
    expect(read(['{"type":"maitred.later","serverId":"server-a"}\n'])).toEqual({ lines: [], problems: [] });
  });
});
