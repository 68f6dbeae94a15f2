/** Which call has started what: known by the signal of the call, and by the charts that it has started. */
export interface CallOrigins<Call extends object> {
  begin(signal: AbortSignal, call: Call): void;
  /**
   * A chart is started: what it starts belongs to the same call.
   * @param startedBy a signal, or the root of the chart that asked for it; null: nobody did
   */
  follow(chart: object, startedBy: object | null): void;
  /** The call that started something; null: none did. @param startedBy as above */
  of(startedBy: object | null): Call | null;
}

export function createCallOrigins<Call extends object>(): CallOrigins<Call> {
  const calls = new WeakMap<object, Call>();
  const of = (startedBy: object | null) => (startedBy === null ? null : (calls.get(startedBy) ?? null));
  return {
    begin: (signal, call) => void calls.set(signal, call),
    follow(chart, startedBy) {
      const call = of(startedBy);
      if (call !== null) calls.set(chart, call);
    },
    of,
  };
}
