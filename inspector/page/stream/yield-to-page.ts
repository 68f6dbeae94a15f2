/** The longest time in which the page neither draws nor handles input. */
const longestWorkMs = 8;

/** For long work in small steps: call it after each step, and it yields to the page if the work has run for too long. */
export function createYield(): () => Promise<void> {
  let endsAtMs = performance.now() + longestWorkMs;
  return async () => {
    if (performance.now() < endsAtMs) return;
    await nextTurn();
    endsAtMs = performance.now() + longestWorkMs;
  };
}

/** Settles after other pending tasks. A timer would take longer, in a hidden tab a second. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}
