import { describe, expect, it } from 'vitest';
import { differences, initializeDiffers, type UpstreamHandshake } from '../../src/domain/upstream-handshake.ts';

const aHandshake = (lists: UpstreamHandshake['lists'], initialize = {}): UpstreamHandshake => ({ initialize, lists });
const [add, remove] = [{ name: 'add', inputSchema: { type: 'object', required: ['a', 'b'] } }, { name: 'remove' }];

describe('The lists of a wrapped server', () => {
  it.each<[string, UpstreamHandshake['lists'], UpstreamHandshake['lists'], string[]]>([
    ['of equal items are the same', { tools: [add, remove] }, { tools: [add, remove] }, []],
    ['in another order are the same', { tools: [add, remove] }, { tools: [remove, add] }, []],
    [
      'with members in another order are the same',
      { tools: [add] },
      { tools: [{ inputSchema: { required: ['a', 'b'], type: 'object' }, name: 'add' }] },
      [],
    ],
    [
      'differ where an array in them has another order',
      { tools: [add] },
      { tools: [{ ...add, inputSchema: { type: 'object', required: ['b', 'a'] } }] },
      ['tools'],
    ],
    ['differ by an item', { tools: [add], prompts: [remove] }, { tools: [add], prompts: [] }, ['prompts']],
    ['differ by how often an item is in them', { resources: [add] }, { resources: [add, add] }, ['resources']],
    ['differ where one is empty and the other is absent', { resourceTemplates: [] }, {}, ['resourceTemplates']],
    [
      'differ each on its own',
      { tools: [], prompts: [] },
      { resources: [], resourceTemplates: [] },
      ['tools', 'prompts', 'resources', 'resourceTemplates'],
    ],
  ])('%s', (_title, before, after, expected) => {
    expect(differences(aHandshake(before), aHandshake(after))).toEqual(expected);
  });
});

it('The result of initialize differs by its values, not by the order of its members', () => {
  const before = aHandshake({}, { protocolVersion: '2025-06-18', capabilities: { tools: {}, prompts: {} } });
  const isDifferent = (initialize: object) => initializeDiffers(before, aHandshake({}, initialize));
  expect(isDifferent({ capabilities: { prompts: {}, tools: {} }, protocolVersion: '2025-06-18' })).toBe(false);
  expect(isDifferent({ protocolVersion: '2025-06-18', capabilities: { tools: {} } })).toBe(true);
  expect(isDifferent({ ...before.initialize, instructions: '' })).toBe(true);
});
