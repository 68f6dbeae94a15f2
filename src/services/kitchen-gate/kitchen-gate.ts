/** Whether this session has opened the kitchen. */
export interface KitchenGate {
  readonly isOpen: boolean;
  /** Shows the kitchen's tools; settles when the client has asked for the new list, or after 100 ms. Twice is safe. */
  open(): Promise<void>;
  /** Hides the kitchen's tools again. Twice is safe. */
  close(): void;
}

/**
 * @param state where the session keeps it
 * @param onChange called after each change, so that the client hears of the new list; settles when it has asked for that, or after 100 ms
 */
export function createKitchenGate(state: { isKitchenOpen: boolean }, onChange: () => Promise<void>): KitchenGate {
  const set = async (isOpen: boolean) => {
    if (state.isKitchenOpen === isOpen) return;
    state.isKitchenOpen = isOpen;
    await onChange();
  };
  return {
    get isOpen() {
      return state.isKitchenOpen;
    },
    open: () => set(true),
    close: () => void set(false),
  };
}
