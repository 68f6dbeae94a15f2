/** Whether a client has opened the kitchen: its tools are shown and may be called. */
export interface KitchenGate {
  readonly isOpen: boolean;
  /** Shows the kitchen's tools; settles when the client has asked for the new list, or after 100 ms. Twice is safe. */
  open(): Promise<void>;
  /** Hides the kitchen's tools again. Twice is safe. */
  close(): void;
}
