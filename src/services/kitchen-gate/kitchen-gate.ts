/** Whether this session has opened the kitchen. */
export interface KitchenGate {
  readonly isOpen: boolean;
  /** Shows the kitchen's tools. Twice is safe. */
  open(): void;
  /** Hides the kitchen's tools again. Twice is safe. */
  close(): void;
}

/**
 * @param state where the session keeps it
 * @param onChange called after each change, so that the client hears of the new list
 */
export function createKitchenGate(state: { isKitchenOpen: boolean }, onChange: () => void): KitchenGate {
  const set = (isOpen: boolean) => {
    if (state.isKitchenOpen === isOpen) return;
    state.isKitchenOpen = isOpen;
    onChange();
  };
  return {
    get isOpen() {
      return state.isKitchenOpen;
    },
    open: () => set(true),
    close: () => set(false),
  };
}
