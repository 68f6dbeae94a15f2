/** Whether a client has opened the kitchen, so that the gated tools are listed and may be called. */
export interface KitchenGate {
  readonly isOpen: boolean;
  /** Lists the gated tools; settles when the client has requested the new list, or after 100 ms. Twice is safe. */
  open(): Promise<void>;
  /** Hides the gated tools. Twice is safe. */
  close(): void;
}

/** @param onChange called after each change to notify the client; settles when the client has requested the new list, or after 100 ms */
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
