import type { EarlySettings } from '../domain/early-settings.ts';
import { resolveVisibility, type Viewpoint } from '../domain/tool-visibility.ts';

/** What the door remembers of its client: who it is, and whether it has opened the kitchen. */
export interface Session {
  settings: EarlySettings;
  clientName: string | null;
  isKitchenOpen: boolean;
  readonly isHeadless: boolean;
}

export function viewpointOf({ settings, clientName, isKitchenOpen, isHeadless }: Session): Viewpoint {
  return {
    visibility: resolveVisibility(settings.visibility, clientName),
    disabledSubsets: settings.disabledSubsets,
    isKitchenOpen,
    isHeadless,
  };
}
