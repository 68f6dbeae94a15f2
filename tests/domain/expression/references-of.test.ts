import { describe, expect, it } from 'vitest';
import { referencesOf } from '../../../src/domain/expression/references-of.ts';
import { expressionOf, templateOf } from './parsed.ts';

describe('The names in an expression are found', () => {
  it('wherever they stand, in their order and with their places', () => {
    const source = `(inputs.a | trim) == context.b.c and not \${{ result.d }} or run.e if item.f < 1 else campaign.g`;
    const { references, words } = referencesOf(expressionOf(source));
    const texts = references.map(({ offset, length }) => source.slice(offset, offset + length));
    expect(texts).toEqual(['inputs.a', 'context.b.c', 'result.d', 'run.e', 'item.f', 'campaign.g']);
    expect(references.map(({ namespace, path }) => [namespace, ...path].join('.'))).toEqual(texts);
    expect(words).toEqual([]);
  });

  it('and of a bare word it is known whether something is compared with it', () => {
    const { words } = referencesOf(expressionOf("left == GO and alone or x != (in_brackets) and 'quoted' == b | trim"));
    expect(words.map(({ name, isComparedWith }) => [name, isComparedWith])).toEqual([
      ['left', false],
      ['GO', true],
      ['alone', false],
      ['x', false],
      ['in_brackets', true],
      ['b', false],
    ]);
    expect(words[1]).toMatchObject({ offset: 8, length: 2 });
  });

  it('in all expressions of a template, with their places in the template', () => {
    const { references, words } = referencesOf(templateOf(`inputs.no \${{ inputs.a }} and \${{ word }}`));
    expect(references).toEqual([{ kind: 'reference', namespace: 'inputs', path: ['a'], offset: 14, length: 8 }]);
    expect(words).toEqual([{ kind: 'word', name: 'word', offset: 34, length: 4, isComparedWith: false }]);
  });
});
