type Who = 'client' | 'server' | 'status' | 'order' | 'person' | 'demo';

/** Prints events in the order in which they happened, one line each. */
export interface Timeline {
  /** @param atMs milliseconds since the epoch */
  add(who: Who, text: string, atMs?: number): void;
  /** Sets the moment from which all times are counted. */
  startAt(atMs: number): void;
  /** Prints the events that are still delayed. */
  end(): void;
}

/** The server logs its first states only once its log is open: lines are delayed this long to be printed in order. */
const delayMs = 400;

const paints: Readonly<Record<Who, string>> = {
  client: '36',
  server: '33',
  status: '35',
  order: '33',
  person: '36',
  demo: '2',
};

export function createTimeline(write: (text: string) => void, paint: Paint): Timeline {
  let startMs = Date.now();
  let delayed: { readonly atMs: number; readonly who: Who; readonly text: string }[] = [];
  const print = (untilMs: number) => {
    const due = delayed.filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs);
    delayed = delayed.filter(({ atMs }) => atMs > untilMs);
    for (const { atMs, who, text } of due) {
      const time = `${Math.max(0, Math.round(atMs - startMs))} ms`.padStart(9);
      const [first = '', ...rest] = text.split('\n');
      write(`${time}  ${paint(paints[who], who.padEnd(6))}  ${first}\n`);
      for (const line of rest) write(`${' '.repeat(19)}${line}\n`);
    }
  };
  const timer = setInterval(() => print(Date.now() - delayMs), 50);
  return {
    add(who, text, atMs = Date.now()) {
      delayed.push({ atMs, who, text });
    },
    startAt(atMs) {
      startMs = atMs;
    },
    end() {
      clearInterval(timer);
      print(Number.POSITIVE_INFINITY);
    },
  };
}

/** Adds a colour to a text if the output shows colours. */
export type Paint = (code: string, text: string) => string;

export function paintFor(
  stdout: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const isColoured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return (code, text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
}
