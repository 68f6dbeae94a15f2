import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const decisionsDir = 'docs/decisions';
const imagesDir = 'docs/images';
const maxBytes = 250 * 1024;
const pages = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  'bench/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** The files to which a page's links and pictures lead, without the part after a #. */
const targetsIn = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/(?:\]\(|\b(?:src|srcset)=")(?!\w+:)([^)#\s"]+)/g)].map(
    ([, target = '']) => target,
  );

describe('the documentation', () => {
  it.each(pages)('links only to files that exist: %s', (page) => {
    expect(targetsIn(page).filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
  });

  it('shows each picture of docs/images, and none is above 250 KiB', () => {
    const shown = new Set(pages.flatMap((page) => targetsIn(page).map((target) => join(dirname(page), target))));
    const kept = readdirSync(imagesDir).map((name) => join(imagesDir, name));
    expect(kept.filter((image) => !shown.has(image))).toEqual([]);
    expect(kept.filter((image) => statSync(image).size > maxBytes)).toEqual([]);
  });

  it('lists all decisions in order and by title', () => {
    const files = readdirSync(decisionsDir).filter((name) => name !== 'README.md');
    const titleOf = (name: string) => /^# (.*)$/m.exec(readFileSync(join(decisionsDir, name), 'utf8'))?.[1];
    const [, ...lines] = readFileSync(join(decisionsDir, 'README.md'), 'utf8').split(/\n(?=\d+\. )/);
    expect(lines.map((line) => line.trim())).toEqual(
      files.map((name) => titleOf(name)?.replace(/^(\d+\.) (.*)$/, `$1 [$2](${name})`)),
    );
  });
});
