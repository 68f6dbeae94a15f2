import { createHash } from 'node:crypto';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { foldJournal, type RunState } from '../../domain/recipe-run/fold-journal.ts';
import {
  type GateAnswer,
  type GateOpened,
  gateDecisions,
  type JournalEntry,
  type JournalRecord,
  type StepSettled,
} from '../../domain/recipe-run/journal-record.ts';
import type { OpenGate } from '../../domain/recipe-run/live-run.ts';
import { wait } from '../../domain/timers.ts';
import type { OpenedRun, OwnedRun } from './owned-run.ts';

/** Who works on the run. */
export interface RunJournalHost {
  /** Aborted: what cannot be written now is given up. */
  readonly giveUp: AbortSignal;
  /** Called with each record that is on the disk. */
  onRecord(record: JournalRecord): void;
  /** Called when the disk refuses, and with null when it no longer does. */
  onPause(problem: string | null): void;
  onGateOpened(gate: OpenGate): void;
  /** Called when another process has changed the file: nothing can be written any more. */
  onLost(problem: AppError): void;
  onIgnoredAnswer(answer: GateAnswer, problem: string): void;
}

/** The journal of a run that goes on here, with the state that it comes to. */
export interface RunJournal {
  readonly state: RunState;
  /** The gate that waits for an answer; null: none does. */
  readonly gate: OpenGate | null;
  /**
   * Resolves when all entries are on the disk. A disk that refuses is tried again every two seconds.
   * @throws AppError `conflict` where another process has changed the file; why it is given up
   */
  write(...entries: readonly JournalEntry[]): Promise<void>;
  /** Where the journal has a result: a large one is kept as a blob. */
  store(value: unknown): Promise<StepSettled['result']>;
  /**
   * Opens a gate, unless it is open and shows the same.
   * @returns the answer of a person to exactly what was shown
   * @throws the signal's reason; what `write` throws
   */
  ask(gate: Question, signal: AbortSignal): Promise<GateAnswer>;
  /** @throws AppError `conflict` where that gate is not open or shows something else, `invalid_input` for a decision that it does not ask for */
  answer(answer: GateAnswer): Promise<void>;
  /** Takes the answers that other processes have left. */
  takeAnswers(): Promise<void>;
  cancelRequest(): string | null;
  release(): Promise<void>;
}

export interface Question extends Pick<GateOpened, 'step' | 'asks'> {
  /** What the person is shown. */
  readonly shown: string;
}

/** Larger values are blobs. */
const mostInlineBytes = 16_384;
const tryAgainMs = 2_000;

export const openRunJournal = ({ run, reading }: OpenedRun, host: RunJournalHost): RunJournal =>
  new OwnRunJournal(run, reading.state, host);

/** A class, since thousands of runs can wait in one process: each function of its own would cost memory a run. */
class OwnRunJournal implements RunJournal {
  gate: OpenGate | null = null;
  /** Takes the answer to the open gate. */
  #onAnswer: ((answer: GateAnswer) => void) | null = null;
  /** The end of the last answer: they are taken one after another. */
  #answering: Promise<unknown> | null = null;

  constructor(
    readonly run: OwnedRun,
    public state: RunState,
    readonly host: RunJournalHost,
  ) {}

  async write(...entries: readonly JournalEntry[]): Promise<void> {
    const left = [...entries];
    await this.#patiently(async () => {
      for (const result of await Promise.allSettled(left.map((entry) => this.run.append(entry)))) {
        if (result.status === 'rejected') throw result.reason;
        left.shift();
        this.#follow(result.value);
      }
    });
  }

  async store(value: unknown): Promise<StepSettled['result']> {
    if (value === null || value === undefined) return null;
    const bytes = Buffer.from(encodeJson(value));
    return bytes.length <= mostInlineBytes ? { value } : { blob: await this.#putBlob(bytes) };
  }

  async ask({ step, asks, shown }: Question, signal: AbortSignal): Promise<GateAnswer> {
    signal.throwIfAborted();
    const bytes = Buffer.from(shown);
    const shownHash = createHash('sha256').update(bytes).digest('hex');
    const given = this.state.answer;
    // The process was killed between the answer and what follows from it.
    if (given?.shownHash === shownHash && gateDecisions[asks].some((decision) => decision === given.decision))
      return given;
    const open = this.state.gate;
    if (open === null || open.step !== step || open.shownHash !== shownHash) {
      await this.#putBlob(bytes);
      await this.write({ k: 'gate_opened', gate: `gate-${this.state.n + 1}`, step, asks, shownHash });
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.gate = null;
        reject(signal.reason);
      };
      this.#onAnswer = (answer) => {
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      if (this.state.gate === null) return;
      this.gate = { gate: this.state.gate.gate, step, asks, shownHash, shown };
      this.host.onGateOpened(this.gate);
    });
  }

  answer(given: GateAnswer): Promise<void> {
    return this.#inTurn(async () => {
      const refusal = this.#refusalOf(given);
      if (refusal !== null) throw refusal;
      await this.#accept(given);
    });
  }

  takeAnswers(): Promise<void> {
    return this.#inTurn(() =>
      this.run.takeAnswers(async (given) => {
        const refusal = this.#refusalOf(given);
        // It does not count, and is removed. After a failure it stays.
        if (refusal === null) await this.#accept(given);
        else this.host.onIgnoredAnswer(given, refusal.message);
      }),
    );
  }

  cancelRequest(): string | null {
    return this.run.cancelRequest();
  }

  release(): Promise<void> {
    return this.run.release();
  }

  #putBlob(bytes: Uint8Array): Promise<string> {
    return this.#patiently(() => this.run.putBlob(bytes));
  }

  /** Why the answer does not count; null: it does. */
  #refusalOf(given: GateAnswer): AppError | null {
    const { gate: open, ended } = this.state;
    if (ended !== null || open === null || open.gate !== given.gate)
      return new AppError('conflict', `The gate ${given.gate} is not open${open === null ? '' : `: ${open.gate} is`}.`);
    if (open.shownHash !== given.shownHash)
      return new AppError('conflict', `The gate of ${open.step} shows something else now: look at it again.`);
    const decisions: readonly string[] = gateDecisions[open.asks];
    if (decisions.includes(given.decision)) return null;
    return new AppError('invalid_input', `The gate of ${open.step} asks for ${decisions.join(' or ')}.`);
  }

  async #accept(given: GateAnswer): Promise<void> {
    await this.write({ k: 'gate_answered', ...given });
    this.gate = null;
    this.#onAnswer?.(given);
    this.#onAnswer = null;
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#answering === null ? act() : this.#answering.then(act);
    const ended = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#answering === ended) this.#answering = null;
      });
    this.#answering = ended;
    return turn;
  }

  /** Tries again while the disk refuses. */
  async #patiently<Result>(act: () => Promise<Result>): Promise<Result> {
    const { giveUp } = this.host;
    for (let isPaused = false; ; ) {
      try {
        const result = await act();
        if (isPaused) this.host.onPause(null);
        return result;
      } catch (thrown) {
        if (isAppError(thrown) && thrown.code === 'conflict') this.host.onLost(thrown);
        if (!isAppError(thrown) || thrown.code !== 'unavailable') throw thrown;
        giveUp.throwIfAborted();
        isPaused = true;
        this.host.onPause(`${thrown.message} The run goes on when it can be written.`);
        await wait(tryAgainMs, giveUp);
      }
    }
  }

  #follow(record: JournalRecord): void {
    const { state, damage } = foldJournal([record], this.state);
    if (state === null || damage !== null)
      throw new AppError(
        'internal',
        `The record ${record.n} of the run ${this.state.started.runId} ${damage?.problem}.`,
      );
    this.state = state;
    this.host.onRecord(record);
  }
}
