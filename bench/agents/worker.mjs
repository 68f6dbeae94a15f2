/* An agent for measurements. Its first argument says what it does, its last is the prompt. */
const [kind] = process.argv.slice(2);
const isWarmUp = process.argv.at(-1).includes('warm up');
const gib = 1_024 ** 3;

if (isWarmUp) process.stdout.write('warm\n');
else if (kind === 'clock') {
  // The time of each line is its text. It begins when all others have started, too.
  const beginsAtMs = Number(process.argv[3]);
  // Sessions neither beat in step nor end together.
  const mostLines = 40 + (process.pid % 21);
  let lines = 0;
  setTimeout(
    () => {
      const timer = setInterval(() => {
        process.stdout.write(`${Date.now()}\n`);
        lines += 1;
        if (lines === mostLines) clearInterval(timer);
      }, 100);
      // Sessions do not beat in step.
    },
    beginsAtMs + ((process.pid * 37) % 100) - Date.now(),
  );
} else if (kind === 'flood') {
  const block = `${'x'.repeat(1_023)}\n`.repeat(1_024);
  let written = 0;
  const write = () => {
    while (written < gib) {
      written += block.length;
      if (!process.stdout.write(block)) return void process.stdout.once('drain', write);
    }
  };
  write();
} else setInterval(() => undefined, 60_000);
