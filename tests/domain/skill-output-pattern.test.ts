import { describe, expect, it } from 'vitest';
import { outputPattern } from '../../src/domain/skill-output-pattern.ts';

const values = ['GO', 'NO GO', 'a.b'];

const cases = {
  text: {
    good: ['x = anything at all', 'x=y', 'before\nx = y\r\nafter'],
    bad: ['x =', 'x = \n%%END::1%%', 'xx = y', ' x = y'],
  },
  number: { good: ['x = 2', 'x = -2.5', 'x = 0\r\n'], bad: ['x = two', 'x = 2 fixes', 'x = '] },
  boolean: { good: ['x = true', 'x = false '], bad: ['x = yes', 'x = trueish'] },
  choice: { good: ['x = GO', 'x = NO GO', 'x = a.b'], bad: ['x = NO', 'x = GONE', 'x = acb'] },
  url: { good: ['x = https://example.com/pull/1'], bad: ['x = example.com', 'x = none'] },
  file_path: { good: ['x = /work/a b.md'], bad: ['x = a.md', 'x = ./a.md', 'x =\n/a.md'] },
  directory_path: { good: ['x = /work'], bad: ['x = ~/work'] },
  file_path_list: { good: ['x = /a.md\n/b.md', 'x =\n/a.md\n/b.md'], bad: ['x = a.md', 'x =\n\nno path'] },
} as const;

describe('the line that an output must have', () => {
  it.each(Object.keys(cases) as (keyof typeof cases)[])('is found by its type: %s', (type) => {
    const pattern = new RegExp(outputPattern({ name: 'x', type, values }), 'm');
    const { good, bad } = cases[type];
    expect(good.filter((text) => !pattern.test(text))).toEqual([]);
    expect(bad.filter((text) => pattern.test(text))).toEqual([]);
  });
});
