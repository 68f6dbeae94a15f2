import { monitorEventLoopDelay } from 'node:perf_hooks';
import { toFault } from '../domain/app-error.ts';
import { missingInit } from '../domain/missing-init.ts';
import { heartbeatEveryMs } from '../domain/server-record.ts';
import { startInterval, startTimer } from '../domain/timers.ts';
import { listenForWatchers } from '../services/inspection/listen-for-watchers.ts';
import { socketOf } from '../services/inspection/socket-path.ts';
import { writeFileAtomicallySync } from '../services/platform/files.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { whyFallback } from '../services/state/fallback-state-dir.ts';
import { createServerRecordWriter } from '../services/state/server-records/server-record-writer.ts';
import { writeCrash } from '../services/state/server-records/write-crash.ts';
import { checkStateFormat } from '../services/state/state-format.ts';
import { build } from './build.ts';
import type { Host } from './host.ts';
import { openLog } from './open-log.ts';
import { redactorFor } from './secrets.ts';
import { serverRecordOf } from './server-record-of.ts';

/** Keeps the server record, which shows other processes that this server lives, and how it is. */
export interface Heartbeat {
  /** Writes the record if it is not there yet; an old one is enough to show that this server lives. @throws AppError `conflict` or `unavailable` when the state folder cannot be used */
  ensureRecord(): void;
  /** Accepts watchers of the charts from now on, or as soon as the state folder can be written. */
  admitWatchers(): void;
  /** Stops the updates and accepts no more watchers; the record stays. */
  stop(): void;
  /** Removes the record and keeps it as the record of the server that left last. Never throws. */
  retire(): void;
}

/**
 * Also opens the log and writes the cache of early settings: writing to the state folder waits for the first calls. A server whose state
 * folder cannot be written is degraded, and tries again with each update; then its log goes to stderr alone.
 */
export function startHeartbeat(host: Host): Heartbeat {
  const { context, lifecycle, workers, send } = host;
  const { place, settings } = context;
  const redact = redactorFor(context);
  if (context.nodeProcess.pid === 1) context.log.warning('init_missing', { hint: missingInit });
  const cause = whyFallback(place.stateFolder.dir, {
    env: context.nodeProcess.env,
    homeDir: place.homeDir,
    uid: readOwnUid(),
  });
  if (cause !== null) send({ type: 'DEGRADED', what: 'the state folder', cause });
  const writer = createServerRecordWriter({ folder: place.stateFolder, redact });
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  const record = () => serverRecordOf(host, Math.max(0, delay.percentile(99) / 1e6 - delayResolutionMs));

  let isFolderReady = false;
  /** Nothing is written to a folder of another format. */
  const prepareFolder = () => {
    if (isFolderReady) return;
    checkStateFormat(place.stateFolder);
    isFolderReady = true;
    openLog(host, redact, context.logFile());
    const cacheText = settings.cacheText();
    if (cacheText !== null) writeFileAtomicallySync(place.earlySettingsFile, cacheText);
  };

  const stops: (() => void)[] = [];
  let mayAdmit = false;
  let isAdmitting = false;
  /** The socket is in the state folder too. */
  const startAdmitting = () => {
    if (!mayAdmit || isAdmitting || !isFolderReady) return;
    isAdmitting = true;
    stops.push(admitWatchers(host));
  };

  let isWritten = false;
  let problem: unknown = null;
  let isReported = false;
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (thrown) {
      problem = thrown;
      openLog(host, redact, null);
      if (isReported) return;
      // Once: the disk may be full again and again. Sending it leads to the next update.
      isReported = true;
      send({ type: 'DEGRADED', what: 'the server record', cause: toFault(thrown).message });
    }
  };
  const update = () => {
    attempt(() => {
      prepareFolder();
      writer.write(record());
      isWritten = true;
    });
    startAdmitting();
  };
  update();
  delay.enable();
  const timer = startInterval(update, heartbeatEveryMs);
  let soon: NodeJS.Timeout | null = null;
  const updateSoon = () => {
    soon ??= startTimer(() => {
      soon = null;
      update();
    }, callsAfterMs);
  };
  stops.push(
    lifecycle.subscribe((change) => (change === 'state' ? update() : updateSoon())),
    workers.subscribe(updateSoon),
  );
  return {
    ensureRecord() {
      if (!isWritten) update();
      if (!isWritten) throw problem;
      // Whoever finds the record may want to watch.
      mayAdmit = true;
      startAdmitting();
    },
    admitWatchers() {
      mayAdmit = true;
      startAdmitting();
    },
    stop() {
      clearInterval(timer);
      if (soon !== null) clearTimeout(soon);
      for (const stop of stops) stop();
      delay.disable();
    },
    retire() {
      if (isFolderReady) attempt(() => writer.retire(record()));
    },
  };
}

/** Calls and programs come and go too often for an update each. */
const callsAfterMs = 250;

/** How often the monitor samples: at 10 ms, its default, an idle server would spend 1 % of a core on it. */
const delayResolutionMs = 50;

/** @returns a function that stops accepting watchers */
function admitWatchers({ context, inspection, send }: Host): () => void {
  const onProblem = (problem: unknown) =>
    send({ type: 'DEGRADED', what: 'inspection', cause: toFault(problem).message });
  try {
    return listenForWatchers({
      path: socketOf(context.place.stateFolder, context.serverId),
      platform: context.nodeProcess.platform,
      onProblem,
      onWatcher(socket) {
        try {
          inspection.admit(socket);
        } catch (problem) {
          context.log.warning('watcher_not_admitted', { error: toFault(problem).message });
          socket.destroy();
        }
      },
    });
  } catch (problem) {
    onProblem(problem);
    return () => undefined;
  }
}

/** Writes down what is known of a crash. @returns the path of the file */
export function recordCrash(host: Host, error: unknown): string {
  const { context } = host;
  return writeCrash(
    {
      serverId: context.serverId,
      version: build.version,
      fault: toFault(error),
      stack: error instanceof Error ? (error.stack ?? null) : null,
      transitions: context.transitions.entries,
      record: serverRecordOf(host),
      atMs: Date.now(),
    },
    { folder: context.place.stateFolder, redact: redactorFor(context) },
  );
}
