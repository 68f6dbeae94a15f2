import { describe, expect, it } from 'vitest';
import { createKitchenGate } from '../../../src/domain/kitchen-gate.ts';
import type { ToolCategory } from '../../../src/tools/define-tool.ts';
import { openKitchen } from '../../../src/tools/kitchen/open-kitchen.ts';
import { aStatus, callTool } from '../../doubles/tool-calls.ts';

const catalogue: readonly { name: string; category: ToolCategory }[] = [
  { name: 'open_kitchen', category: 'Kitchen' },
  { name: 'run_cmd', category: 'Execution' },
  { name: 'kitchen_status', category: 'Kitchen' },
];

function aGate() {
  const events: string[] = [];
  const gate = createKitchenGate({ isKitchenOpen: false }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    events.push('listed');
  });
  return { gate, events };
}

describe('open_kitchen', () => {
  it('opens the gate, and answers when the client has the new list', async () => {
    const { gate, events } = aGate();
    const result = await callTool(openKitchen, {}, { catalogue, gate, status: aStatus() });
    expect(result).toMatchObject({ success: true, kitchen: 'open', version: '1.2.3', ingredients_table: null });
    expect(gate.isOpen).toBe(true);
    expect(events).toEqual(['listed']);
  });

  it('lists every tool by category, in the order of the catalogue', async () => {
    const { content } = await callTool(openKitchen, {}, { catalogue, ...aGate(), status: aStatus() });
    expect(content).toContain('\n- Kitchen: open_kitchen, kitchen_status\n- Execution: run_cmd\n\nRules:\n');
    for (const rule of ['Bash', '"not_ready"', '"retryable"', 'close_kitchen']) expect(content).toContain(rule);
  });

  it.each([
    ['a recipe', { name: 'release' }, {}, { code: 'not_found', message: expect.stringContaining('"release"') }],
    [
      'a headless session',
      {},
      { isHeadless: true },
      { code: 'forbidden', message: expect.stringContaining('HEADLESS') },
    ],
  ])('refuses %s, and the gate stays closed', async (_, args, change, fault) => {
    const { gate } = aGate();
    await expect(callTool(openKitchen, args, { catalogue, gate, status: aStatus(change) })).rejects.toMatchObject(
      fault,
    );
    expect(gate.isOpen).toBe(false);
  });
});
