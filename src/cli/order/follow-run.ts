import { costText } from '../../domain/cost-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { printable } from '../../domain/printable-text.ts';
import type { JournalRecord } from '../../domain/recipe-run/journal-record.ts';
import type { LiveRun, OpenGate, RunProgress, StepProgress } from '../../domain/recipe-run/live-run.ts';
import { attemptText, recordLines } from '../../domain/recipe-run/record-text.ts';
import { startInterval } from '../../domain/timers.ts';
import type { CliHost, RunWatcher } from '../cli-host.ts';
import { type Paint, paintFor } from '../report.ts';
import { whyNoPerson } from '../require-person.ts';
import { askAtGate, type GateQuestion } from './ask-at-gate.ts';
import { answerCommands, shownLines } from './gate-text.ts';
import { createRunScreen } from './run-screen.ts';

export interface FollowedRun {
  readonly watcher: RunWatcher;
  /** Takes the last line away and ends a question that waits. Twice is safe. */
  close(): void;
}

const redrawMs = 1_000;

/** Shows a run on stderr while this process works on it, and asks a person at its gates. */
export function followRun(host: CliHost): FollowedRun {
  const screen = createRunScreen(host);
  const paint = paintFor(host, host.stderr);
  const canAsk = whyNoPerson(host) === null;
  const remark = (text: string) => screen.print([`maitred: ${printable(text)}`]);
  let wasInterrupted = false;
  let pause: string | null = null;
  let gate: OpenGate | null = null;
  let question: GateQuestion | null = null;
  let step: { readonly name: string; readonly usdBefore: number } | null = null;
  let progress: RunProgress | null = null;

  const interrupt = () => {
    wasInterrupted = true;
    remark('Ctrl-C again stops the run; it can be resumed');
  };
  const redraw = () => {
    if (question !== null) return;
    const current = progress?.step ?? null;
    screen.setLast(progress === null || current === null ? null : stepText(current, progress, step?.usdBefore ?? 0));
  };
  const clock = screen.isLive ? startInterval(redraw, redrawMs) : undefined;

  const ask = async (run: LiveRun, open: OpenGate) => {
    const asked = askAtGate(host, run, open, remark);
    question = asked;
    const outcome = await asked.settled;
    if (question === asked) question = null;
    if (outcome === 'left' || outcome === 'interrupted')
      remark(
        `the gate stays open, and this command waits for the answer: ${answerCommands(run.runId, open.step, open.asks)}`,
      );
    if (outcome === 'interrupted') interrupt();
    redraw();
  };
  const showGate = (run: LiveRun, open: OpenGate) => {
    screen.setLast(null);
    const title = open.asks === 'approval' ? `${open.step} asks for approval` : `what came of ${open.step}?`;
    screen.print([`${paint('warning', printable(title))}:`, ...shownLines(open.shown)]);
    if (canAsk) void ask(run, open);
    else remark(`a person decides: ${answerCommands(run.runId, open.step, open.asks)}`);
  };
  const onProgress = (run: LiveRun, now: RunProgress) => {
    progress = now;
    const name = now.step === null ? null : nameOf(now.step);
    if (name !== (step?.name ?? null)) step = name === null ? null : { name, usdBefore: now.spent.usd };
    if (now.pause !== pause && now.pause !== null) remark(`paused: ${now.pause}`);
    pause = now.pause;
    const isSame = gate?.gate === now.gate?.gate && gate?.shownHash === now.gate?.shownHash;
    if (!isSame) {
      question?.close();
      question = null;
      gate = now.gate;
      if (gate !== null) showGate(run, gate);
    }
    redraw();
  };
  const onRecord = (record: JournalRecord) => {
    // On a terminal, the last line shows that it has begun, and the question what the gate asks.
    const isShownElsewhere = screen.isLive && (record.k === 'entered' || record.k === 'gate_opened');
    if (!isShownElsewhere && record.k !== 'run_ended') screen.print(paintRecord(record, paint));
  };
  const close = () => {
    clearInterval(clock);
    question?.close();
    question = null;
    progress = null;
    screen.setLast(null);
  };
  return {
    watcher: {
      leavesAtGate: false,
      onStarted(run) {
        remark(`run ${run.runId}; maitred runs show ${run.runId} shows it`);
        run.subscribe({ onRecord, onProgress: (now) => onProgress(run, now) });
        onProgress(run, run.progress);
        void run.ended.then(close);
      },
      mayStop(signal) {
        if (signal !== 'SIGINT' || wasInterrupted || host.stderr.isTTY !== true) return true;
        interrupt();
        return false;
      },
    },
    close,
  };
}

const nameOf = (step: StepProgress): string => attemptText({ ...step, step: step.name });

/** `plan, visit 2: 12.3 s, $0.40, reads the plan` */
function stepText(step: StepProgress, { spent }: RunProgress, usdBefore: number): string {
  const usd = spent.usd - usdBefore;
  const facts = [
    durationText(Math.max(0, Date.now() - step.startedAtMs)),
    ...(usd > 0 ? [costText(usd)] : []),
    ...(step.text === null ? [] : [step.text]),
  ];
  return printable(`${nameOf(step)}: ${facts.join(', ')}`);
}

/** The lines of a record, in the colour of what they say. */
export function paintRecord(record: JournalRecord, paint: Paint): readonly string[] {
  const [first = '', ...others] = recordLines(record);
  const style = styleOf(record);
  return [style === null ? first : paint(style, first), ...others.map((line) => paint('faint', line))];
}

function styleOf(record: JournalRecord): Parameters<Paint>[0] | null {
  switch (record.k) {
    case 'settled':
      return record.kind === 'success' ? 'good' : record.kind === 'failure' ? 'bad' : 'warning';
    case 'gate_opened':
      return 'warning';
    case 'run_ended':
      return record.state === 'succeeded' ? 'good' : record.state === 'stopped' ? null : 'bad';
    case 'entered':
    case 'skipped':
      return 'faint';
    default:
      return null;
  }
}
