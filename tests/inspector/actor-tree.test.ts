import { describe, expect, it } from 'vitest';
import { actorTree, type TreeOptions, type TreeRow } from '../../inspector/model/actor-tree.ts';
import { createRecording } from '../../inspector/model/create-recording.ts';
import type { ActorAt } from '../../inspector/model/recording.ts';

interface Actor {
  readonly id: string;
  readonly name?: string;
  readonly parentId?: string;
  readonly startedBy?: string;
  readonly src?: string;
  readonly status?: string;
}

/** Actors in the order in which they started. */
function actors(...given: readonly Actor[]): readonly ActorAt[] {
  const recording = createRecording('server-a');
  for (const [at, { id, name = id, parentId, startedBy, src = null, status = 'active' }] of given.entries())
    recording.push({
      type: '@xstate.actor',
      _version: '',
      createdAt: '1',
      id: String(at),
      sessionId: id,
      rootId: 'root',
      name,
      ...(parentId === undefined ? {} : { parentId }),
      ...(startedBy === undefined ? {} : { startedBy }),
      kind: 'work',
      src,
      definition: '{}',
      snapshot: { status },
    });
  return recording.actorsAt(recording.end);
}

/** A tree as text, with ended actors in brackets. */
const draw = (given: readonly ActorAt[], options?: TreeOptions): readonly string[] =>
  actorTree(given, options).map(describeRow);

function describeRow(row: TreeRow): string {
  const indent = '  '.repeat(row.depth);
  if (row.kind === 'folded') return `${indent}${row.count} × ${row.src}, ${row.failed} failed`;
  return `${indent}${row.hasEnded ? `(${row.actor.name})` : row.actor.name}`;
}

const fetches = (statuses: readonly string[], parentId = 'root'): Actor[] =>
  statuses.map((status, at) => ({ id: `fetch-${at}`, parentId, src: 'fetch', status }));

describe('The tree of actors', () => {
  it('lists the chart of another runner below the actor that asked for it', () => {
    const given = actors(
      { id: 'session' },
      { id: 'runTests', parentId: 'session' },
      { id: 'childProcess', startedBy: 'runTests' },
      { id: 'waitForExit', parentId: 'childProcess' },
    );
    expect(draw(given)).toEqual(['session', '  runTests', '    childProcess', '      waitForExit']);
  });

  it('lists parents before their children, in the order in which they started', () => {
    const given = actors(
      { id: 'a' },
      { id: 'b' },
      { id: 'a1', parentId: 'a' },
      { id: 'b1', parentId: 'b' },
      { id: 'a11', parentId: 'a1' },
      { id: 'a2', parentId: 'a' },
    );
    expect(draw(given)).toEqual(['a', '  a1', '    a11', '  a2', 'b', '  b1']);
    expect(actorTree(given).map((row) => row.kind === 'actor' && row.hasChildren)).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('keeps up to three ended actors with the same logic in place, and folds more into one row', () => {
    expect(draw(actors({ id: 'root' }, ...fetches(['done', 'error', 'done'])))).toEqual([
      'root',
      '  (fetch-0)',
      '  (fetch-1)',
      '  (fetch-2)',
    ]);
    const given = actors({ id: 'root' }, ...fetches(['done', 'active', 'error', 'done', 'done']), {
      id: 'last',
      parentId: 'root',
    });
    expect(draw(given)).toEqual(['root', '  4 × fetch, 1 failed', '  fetch-1', '  last']);
  });

  it('says of folded actors what the newest were, each name once', () => {
    const run = (id: string, name: string): Actor => ({
      id,
      name,
      parentId: 'root',
      src: 'childProcess',
      status: 'done',
    });
    const given = actors(
      { id: 'root' },
      run('a', 'git status'),
      run('b', 'npm test'),
      run('c', 'git status'),
      run('d', 'ls'),
    );
    expect(actorTree(given)[1]).toMatchObject({ kind: 'folded', count: 4, names: ['ls', 'git status', 'npm test'] });
  });

  it('lists unfolded actors one by one, and always the chosen one', () => {
    const given = actors({ id: 'root' }, ...fetches(['done', 'done', 'done', 'done', 'done']));
    const [, folded] = actorTree(given);
    if (folded?.kind !== 'folded') throw new Error('nothing is folded');
    expect(draw(given, { unfolded: new Set([folded.key]) })).toHaveLength(6);
    expect(draw(given, { chosenId: 'fetch-3' })).toEqual(['root', '  4 × fetch, 0 failed', '  (fetch-3)']);
  });

  it('hides ended actors without a living descendant', () => {
    const given = actors(
      { id: 'root' },
      { id: 'over', parentId: 'root', status: 'done' },
      { id: 'shell', parentId: 'root', status: 'stopped' },
      { id: 'lives', parentId: 'shell' },
    );
    expect(draw(given, { hidesEnded: true })).toEqual(['root', '  (shell)', '    lives']);
    expect(draw(given, { hidesEnded: true, chosenId: 'over' })).toEqual(['root', '  (over)', '  (shell)', '    lives']);
  });

  it('lists every actor once, whatever their parent ids are', () => {
    expect(
      draw(
        actors(
          { id: 'a', parentId: 'b' },
          { id: 'b', parentId: 'a' },
          { id: 'c', parentId: 'c' },
          { id: 'd', parentId: 'nobody' },
        ),
      ),
    ).toEqual(['a', '  b', 'c', 'd']);
    const chain = Array.from({ length: 30_000 }, (_, at) => ({ id: String(at), parentId: String(at - 1) }));
    expect(draw(actors(...chain))).toHaveLength(30_000);
  });
});
