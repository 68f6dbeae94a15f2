import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const read = (dir: string, ending: RegExp) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n');

const css = read('inspector/page', /\.css$/).replace(/\/\*.*?\*\/|@import .*?;/gs, '');
const code = read('inspector/page', /\.tsx?$/) + read('inspector/model', /\.ts$/) + read('src/drawing', /\.ts$/);

/** The words in string literals of the code, which include class names; of `part-${n}` the text before the number. */
const words = new Set(
  [...code.matchAll(/(["'`])(?:(?!\1|\n).)*\1/g)]
    .flatMap(([text]) => text.split(/[^\w-]+/))
    .filter((word) => word !== ''),
);

const namesIn = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
];

it('Every class in the style sheets is used by the page or the drawing', () => {
  const isUsed = (name: string) => words.has(name) || words.has(name.replace(/(?<=-)\w+$/, ''));
  const classes = namesIn(css, /\.([a-z][\w-]*)(?=[^{}]*\{)/g);
  expect(classes.length).toBeGreaterThan(50);
  expect(classes.filter((name) => !isUsed(name))).toEqual([]);
});

it('Every variable of the style sheets is set, and is used', () => {
  const used = namesIn(css, /var\((--[\w-]+)/g);
  const set = namesIn(css, /(--[\w-]+)\s*:/g);
  expect(set.filter((name) => !used.includes(name))).toEqual([]);
  expect(
    used.filter((name) => !set.includes(name) && !code.includes(`'${name}'`) && !code.includes(`"${name}"`)),
  ).toEqual([]);
});
