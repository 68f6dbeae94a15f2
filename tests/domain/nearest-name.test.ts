import { expect, it } from 'vitest';
import { nearestName, nearestOrAbbreviated } from '../../src/domain/nearest-name.ts';

it('the nearest name is suggested only if it is similar', () => {
  expect(nearestName('timout', ['tool', 'timeout'])).toBe('timeout');
  expect(nearestName('wiht', ['wait', 'with'])).toBe('with');
  expect(nearestName('nmea', ['name'])).toBeUndefined();
  expect(nearestName('comand', ['cmd', 'cwd'])).toBeUndefined();
  expect(nearestName('zzz', ['tool', 'timeout'])).toBeUndefined();
  expect(nearestName('t'.repeat(101), ['t'.repeat(100)])).toBeUndefined();
});

it.each([
  ['timout', 'timeout'],
  ['comand', 'cmd'],
  ['command', 'cmd'],
  ['timeoutSeconds', 'timeout'],
  ['path', 'worktree_path'],
  ['dir', undefined],
  ['th', undefined],
  ['omman', undefined],
  ['', undefined],
])('the name that %j abbreviates, or that abbreviates it, is %j', (name, meant) => {
  expect(nearestOrAbbreviated(name, ['cmd', 'cwd', 'timeout', 'worktree_path'])).toBe(meant);
});
