type Who = 'client' | 'server' | 'status' | 'demo';

/** What happens, one line an event, in the order in which it happened. */
export interface Timeline {
  /** @param atMs milliseconds since the epoch */
  tell(who: Who, text: string, atMs?: number): void;
  /** Sets the moment that all times are counted from. */
  startAt(atMs: number): void;
  /** Prints what is still held back. */
  end(): void;
}

/** The server tells of its first states only when its log is open: lines are held back this long to be put in order. */
const heldBackMs = 400;

const paints: Readonly<Record<Who, string>> = { client: '36', server: '33', status: '35', demo: '2' };

export function createTimeline(write: (text: string) => void, paint: Paint): Timeline {
  let startMs = Date.now();
  let held: { readonly atMs: number; readonly who: Who; readonly text: string }[] = [];
  const print = (untilMs: number) => {
    const due = held.filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs);
    held = held.filter(({ atMs }) => atMs > untilMs);
    for (const { atMs, who, text } of due) {
      const time = `${Math.max(0, Math.round(atMs - startMs))} ms`.padStart(9);
      const [first = '', ...rest] = text.split('\n');
      write(`${time}  ${paint(paints[who], who.padEnd(6))}  ${first}\n`);
      for (const line of rest) write(`${' '.repeat(19)}${line}\n`);
    }
  };
  const timer = setInterval(() => print(Date.now() - heldBackMs), 50);
  return {
    tell(who, text, atMs = Date.now()) {
      held.push({ atMs, who, text });
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

/** Dresses a text in a colour, where colours are wanted. */
export type Paint = (code: string, text: string) => string;

export function paintFor(
  stdout: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const isColoured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return (code, text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
}
