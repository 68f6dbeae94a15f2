import type { KitchenGate } from '../domain/kitchen-gate.ts';
import { isListed, resolveVisibility, type ToolSign } from '../domain/tool-visibility.ts';
import type { EarlySettingsStore } from './early-settings.ts';

/** One client: who it is, and which tools it sees. */
export interface ClientConnection {
  /** null until it has sent initialize. */
  clientName: string | null;
  /** Whether it has opened the kitchen. */
  isKitchenOpen: boolean;
  /** Whether it is a worker that a pipeline has started. */
  readonly isHeadless: boolean;
  isListed(tool: ToolSign): boolean;
}

export function createClientConnection(
  settings: Pick<EarlySettingsStore, 'current'>,
  env: Readonly<Record<string, string | undefined>>,
): ClientConnection {
  const isHeadless = env.MAITRED_HEADLESS === '1';
  const connection: ClientConnection = {
    clientName: null,
    isKitchenOpen: false,
    isHeadless,
    isListed: (tool) =>
      isListed(tool, {
        visibility: resolveVisibility(settings.current.visibility, connection.clientName),
        disabledSubsets: settings.current.disabledSubsets,
        isKitchenOpen: connection.isKitchenOpen,
        isHeadless,
      }),
  };
  return connection;
}

/** @param onChange called after each change, so that the client hears of the new list; settles as `Front.changeList` */
export function createKitchenGate(
  connection: Pick<ClientConnection, 'isKitchenOpen'>,
  onChange: () => Promise<void>,
): KitchenGate {
  const set = async (isOpen: boolean) => {
    if (connection.isKitchenOpen === isOpen) return;
    connection.isKitchenOpen = isOpen;
    await onChange();
  };
  return {
    get isOpen() {
      return connection.isKitchenOpen;
    },
    open: () => set(true),
    close: () => void set(false),
  };
}
