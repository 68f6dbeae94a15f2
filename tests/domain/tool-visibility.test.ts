import { describe, expect, it } from 'vitest';
import { isListed, needsOpenKitchen, resolveVisibility } from '../../src/domain/tool-visibility.ts';

const aTool = (...tags: string[]) => ({ name: 'a_tool', tags, needs: [] });
const free = aTool();
const gated = aTool('kitchen', 'github');
const headless = aTool('kitchen', 'headless');
const closed = { visibility: 'gated', isKitchenOpen: false, isHeadless: false, disabledSubsets: [] } as const;

describe('Tool visibility', () => {
  it.each([
    ['auto', 'codex-mcp-client', 'always'],
    ['auto', 'claude-code', 'gated'],
    ['auto', null, 'gated'],
    ['gated', 'codex-mcp-client', 'gated'],
    ['always', 'claude-code', 'always'],
  ] as const)('%s for the client %s is %s', (visibility, client, resolved) => {
    expect(resolveVisibility(visibility, client)).toBe(resolved);
  });

  it.each([
    ['a closed kitchen', {}, [true, false, false]],
    ['an open kitchen', { isKitchenOpen: true }, [true, true, true]],
    ['visibility always', { visibility: 'always' }, [true, true, true]],
    ['a disabled subset', { isKitchenOpen: true, disabledSubsets: ['github'] }, [true, false, true]],
    ['a headless session', { isHeadless: true, isKitchenOpen: true }, [true, false, true]],
    [
      'a headless session with the subset disabled',
      { isHeadless: true, disabledSubsets: ['headless'] },
      [true, false, false],
    ],
  ] as const)('with %s lists free, gated and headless tools: %j', (_, change, listed) => {
    expect([free, gated, headless].map((tool) => isListed(tool, { ...closed, ...change }))).toEqual(listed);
  });

  it.each([
    [false, [false, true, true]],
    [true, [false, true, false]],
  ])(
    'needs an open kitchen, in a headless session (%j), for free, gated and headless tools: %j',
    (isHeadless, needed) => {
      expect([free, gated, headless].map((tool) => needsOpenKitchen(tool, isHeadless))).toEqual(needed);
    },
  );
});
