import { isListed, resolveVisibility, type ToolTags } from '../domain/tool-visibility.ts';
import type { EarlySettingsStore } from './early-settings.ts';

/** One client: who it is, and which tools it sees. */
export interface ClientConnection {
  /** null until it has sent initialize. */
  clientName: string | null;
  /** Whether it has opened the kitchen. */
  isKitchenOpen: boolean;
  /** Whether it is a headless session, which a pipeline has started. */
  readonly isHeadless: boolean;
  isListed(tool: ToolTags): boolean;
}

/** @param isKitchenOpen whether it begins with the kitchen open; that of a headless session stays closed */
export function createClientConnection(
  settings: Pick<EarlySettingsStore, 'current'>,
  env: Readonly<Record<string, string | undefined>>,
  isKitchenOpen = false,
): ClientConnection {
  const isHeadless = env.MAITRED_HEADLESS === '1';
  const connection: ClientConnection = {
    clientName: null,
    isKitchenOpen: isKitchenOpen && !isHeadless,
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

/** Stands for the client in calls of steps: they may call every tool that a recipe may name. */
export const createRunConnection = (): ClientConnection => ({
  clientName: null,
  isKitchenOpen: true,
  isHeadless: false,
  isListed: () => true,
});
