import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CliHost, RunExit, RunRequest, RunWatcher } from '../../src/cli/cli-host.ts';
import type { GateAnswer, JournalEntry, RunStarted } from '../../src/domain/recipe-run/journal-record.ts';
import type { LiveRun, RunListener, RunProgress, RunResult } from '../../src/domain/recipe-run/live-run.ts';
import { encodeLine } from '../../src/services/journal/journal-line.ts';
import { createJournals } from '../../src/services/journal/journals.ts';
import { readOwnUid } from '../../src/services/platform/own-uid.ts';
import { aStart, numbered } from '../doubles/journal-entries.ts';
import { aServerRecord, aStateFolder, plantRecord } from '../doubles/server-records.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { runProgram } from './run-program.ts';

/** A project, and the runs of its user. */
export function aRunWorld() {
  const folder = aStateFolder();
  plantRecord(folder, aServerRecord({ serverId: 'alive' }));
  const dir = tempFolder();
  const projectDir = join(dir, 'project');
  mkdirSync(join(projectDir, '.maitred'), { recursive: true });
  const plant = (path: string, text: string) => {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const journals = createJournals({
    runsDir: folder.runsDir,
    ownUid: readOwnUid(),
    isOwnerAlive: (id) => id === 'alive',
  });
  return {
    folder,
    projectDir,
    plant,
    journals,
    /**
     * Writes the files of a run, without waiting for the disk.
     * @param owner null: nobody works on it any more
     * @param shown texts that gates show, to be stored
     */
    async plantRun(
      started: Partial<RunStarted>,
      entries: readonly JournalEntry[] = [],
      { owner = null, shown = [] }: { readonly owner?: string | null; readonly shown?: readonly string[] } = {},
    ): Promise<void> {
      const start = aStart(started);
      const runDir = `${folder.runsDir}/${start.runId}`;
      for (const name of ['blobs', 'answers']) mkdirSync(`${runDir}/${name}`, { recursive: true, mode: 0o700 });
      const files = [
        ['recipe.yaml', 'name: demo\n'],
        [
          'journal.jsonl',
          numbered([start, ...entries])
            .map(encodeLine)
            .join(''),
        ],
        ...shown.map((text) => [`blobs/${createHash('sha256').update(text).digest('hex')}`, text] as const),
      ] as const;
      for (const [name, text] of files) writeFileSync(`${runDir}/${name}`, text, { mode: 0o600 });
      if (owner !== null) await journals.claim(start.runId, owner);
    },
    run: (args: readonly string[], host: Partial<CliHost> = {}, isTTY = false) =>
      runProgram(
        args,
        {
          env: { MAITRED_STATE_DIR: folder.dir },
          cwd: () => projectDir,
          programDir: join(dir, 'program'),
          homeDir: join(dir, 'home'),
          ...host,
        },
        isTTY,
      ),
  };
}

export const noProgress: RunProgress = {
  state: 'running',
  step: null,
  gate: null,
  pause: null,
  spent: { usd: 0, hasUnknownUsd: false, tokens: 0, turns: 0, ms: 0 },
};

/** A run whose records and progress a test decides. */
export function aLiveRun(runId: string) {
  const listeners = new Set<RunListener>();
  const answers: GateAnswer[] = [];
  let progress = noProgress;
  let n = 1;
  let end: (result: RunResult) => void = () => undefined;
  let onAnswer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    onAnswer = resolve;
  });
  const ended = new Promise<RunResult>((resolve) => {
    end = resolve;
  });
  const run: LiveRun = {
    runId,
    get progress() {
      return progress;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    cancel: () => undefined,
    async answer(answer) {
      answers.push(answer);
      onAnswer();
    },
    ended,
  };
  return {
    run,
    answers,
    /** Settles with the first answer. */
    answered,
    record(entry: JournalEntry) {
      n += 1;
      for (const record of numbered([entry])) for (const listener of listeners) listener.onRecord?.({ ...record, n });
    },
    report(changes: Partial<RunProgress>) {
      progress = { ...noProgress, ...changes };
      for (const listener of listeners) listener.onProgress?.(progress);
    },
    end,
  };
}

/** Runs recipes in the place of a server: a test says what happens. */
export function aRunner(work: (live: ReturnType<typeof aLiveRun>, watcher: RunWatcher) => Promise<RunExit>) {
  const requests: RunRequest[] = [];
  const runRecipe: CliHost['runRecipe'] = async (request, watcher) => {
    requests.push(request);
    const live = aLiveRun(request.kind === 'start' ? 'run-1' : request.runId);
    watcher.onStarted(live.run);
    return work(live, watcher);
  };
  return { requests, runRecipe };
}
