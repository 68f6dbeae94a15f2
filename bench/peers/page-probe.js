/** Runs in the page of the inspector, before anything of it. */
globalThis.pageProbe = {
  /** When its chart is there to be seen, in milliseconds since the link was followed. */
  firstPicture: watchForPicture(),
  /** For how long nothing else could run, until then. */
  longestGapMs: 0,
  isSeen: false,
  /** Moves the slider over everything, here and there; how long each step takes until its picture is painted. */
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

/** What is asked for in a frame comes after it has been painted. */
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
  });
}
