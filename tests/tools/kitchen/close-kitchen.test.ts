import { expect, it } from 'vitest';
import { createKitchenGate } from '../../../src/domain/kitchen-gate.ts';
import { closeKitchen } from '../../../src/tools/kitchen/close-kitchen.ts';
import { aStatus, callTool } from '../../doubles/tool-calls.ts';

const anOpenGate = () => createKitchenGate({ isKitchenOpen: true }, async () => undefined);

it('close_kitchen closes the gate', async () => {
  const gate = anOpenGate();
  expect(await callTool(closeKitchen, {}, { gate, status: aStatus() })).toBe('The kitchen is closed.');
  expect(gate.isOpen).toBe(false);
});

it('close_kitchen leaves the gate open in a headless session, and refuses', async () => {
  const gate = anOpenGate();
  const status = aStatus({ isHeadless: true });
  await expect(callTool(closeKitchen, {}, { gate, status })).rejects.toMatchObject({ code: 'forbidden' });
  expect(gate.isOpen).toBe(true);
});
