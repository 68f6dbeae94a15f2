import { expect, it } from 'vitest';
import { shortName } from '../../src/domain/short-name.ts';

it('A name that is a whole script is shown as one short line', () => {
  expect(shortName('set -e\n\tnpm test')).toBe('set -e npm test');
  expect(shortName('x'.repeat(60))).toHaveLength(60);
  expect(shortName('x'.repeat(61))).toBe(`${'x'.repeat(59)}…`);
});
