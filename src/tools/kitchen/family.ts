import { AppError } from '../../domain/app-error.ts';
import type { KitchenGate } from '../../services/kitchen-gate/kitchen-gate.ts';
import type { ServerStatus } from '../../services/server-status/server-status.ts';
import { toolFamily } from '../define-tool.ts';

export interface KitchenServices {
  readonly gate: KitchenGate;
  readonly status: ServerStatus;
}

export const defineKitchenTool = toolFamily<KitchenServices>();

/** A headless session is a worker: it may not open the kitchen that it works for. */
export function refuseHeadless(status: ServerStatus, tool: string): void {
  if (!status.isHeadless) return;
  throw new AppError(
    'forbidden',
    `${tool} is not for headless sessions (MAITRED_HEADLESS=1); the session that started this one calls it.`,
  );
}
