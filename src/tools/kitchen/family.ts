import type { KitchenGate } from '../../services/kitchen-gate/kitchen-gate.ts';
import type { ServerStatus } from '../../services/server-status/server-status.ts';
import { toolFamily } from '../define-tool.ts';

export interface KitchenServices {
  readonly gate: KitchenGate;
  readonly status: ServerStatus;
}

export const defineKitchenTool = toolFamily<KitchenServices>();
