/** Runs in the page of the inspector, before anything of it. */
globalThis.pageProbe = {
  /** Settles when the chart is painted, with the milliseconds since the link was opened. */
  firstPicture: watchForPicture(),
  /** The longest time until then in which no other task could run. */
  longestGapMs: 0,
  isSeen: false,
  /** Moves the slider all over the recording; returns the time of each step until it is painted. */
  async moveSlider(count) {
    const slider = document.querySelector('input[type="range"]');
    const [first, last] = [Number(slider.min), Number(slider.max)];
    const times = [];
    for (let step = 1; step <= count; step += 1) {
      const beganMs = performance.now();
      slider.value = String(first + Math.round(((last - first) * ((step * 37) % count)) / count));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await painted();
      times.push(performance.now() - beganMs);
    }
    return times;
  },
};

watchGaps();

async function watchForPicture() {
  while (document.querySelector('[data-state].active') === null) await painted();
  await painted();
  pageProbe.isSeen = true;
  return performance.now();
}

function watchGaps(lastMs = performance.now()) {
  const nowMs = performance.now();
  pageProbe.longestGapMs = Math.max(pageProbe.longestGapMs, nowMs - lastMs);
  if (!pageProbe.isSeen) setTimeout(watchGaps, 0, nowMs);
}

/** A task that is queued during a frame runs after it has been painted. */
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
  });
}
