/** So long at most the page is kept from drawing and from its input. */
const longestWorkMs = 8;

/** For long work in small steps: asked after each, it lets the page draw and listen where that has been waiting for long. */
export function createRests(): () => Promise<void> {
  let endsAtMs = performance.now() + longestWorkMs;
  return async () => {
    if (performance.now() < endsAtMs) return;
    await nextTurn();
    endsAtMs = performance.now() + longestWorkMs;
  };
}

/** What else is to be done comes first. A timer would wait longer, in a hidden tab for a second. */
function nextTurn(): Promise<void> {
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
