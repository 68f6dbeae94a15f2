/** Whether a client has opened the kitchen: its tools are shown and may be called. */
export interface KitchenGate {
  readonly isOpen: boolean;
  /** Shows the kitchen's tools; settles when the client has asked for the new list, or after 100 ms. Twice is safe. */
  open(): Promise<void>;
  /** Hides the kitchen's tools again. Twice is safe. */
  close(): void;
}

/**
 * @param connection where its state is kept
 * @param onChange called after each change, so that the client hears of the new list; settles when it has asked for that, or after 100 ms
 */
export function createKitchenGate(connection: { isKitchenOpen: boolean }, onChange: () => Promise<void>): KitchenGate {
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
