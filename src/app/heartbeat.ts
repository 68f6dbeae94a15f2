import { monitorEventLoopDelay } from 'node:perf_hooks';
import { toFault } from '../domain/app-error.ts';
import { heartbeatEveryMs } from '../domain/server-record.ts';
import { createServerRecordWriter } from '../services/state/server-records/server-record-writer.ts';
import { writeCrash } from '../services/state/server-records/write-crash.ts';
import { checkStateFormat } from '../services/state/state-format.ts';
import { admitWatchers } from './admit-watchers.ts';
import { build } from './build.ts';
import type { Door } from './door.ts';
import { keepEarlySettings } from './keep-early-settings.ts';
import { openLog } from './open-log.ts';
import { recordServer } from './record-server.ts';
import { redactorFor } from './secrets.ts';

/** Says in the state folder that the server lives, and how it is. */
export interface Heartbeat {
  /** From now on whoever comes may look at the charts. */
  admitWatchers(): void;
  /** Stops the beat, and admits no more watchers; the record stays. */
  stop(): void;
  /** Takes the record down and keeps it as the record of the server that left last. */
  retire(): void;
}

/**
 * Also opens the log and keeps what the door has read: whatever writes to the state folder can wait for the first calls.
 * @throws AppError `conflict` or `unavailable` when the state folder cannot be used; then the log goes to stderr alone
 */
export function startHeartbeat(door: Door): Heartbeat {
  const { place } = door;
  const redact = redactorFor(door);
  try {
    checkStateFormat(place.stateFolder);
  } catch (problem) {
    openLog(door, redact, null);
    throw problem;
  }
  openLog(door, redact, door.logFile());
  keepEarlySettings(door);
  const writer = createServerRecordWriter({ folder: place.stateFolder, redact });
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  const record = () => recordServer(door, Math.max(0, delay.percentile(99) / 1e6 - delayResolutionMs));
  writer.write(record());
  delay.enable();
  let isWritable = true;
  const beat = () => {
    if (!isWritable) return;
    try {
      writer.write(record());
    } catch (problem) {
      isWritable = false;
      door.tell({ type: 'DEGRADED', what: 'the heartbeat', cause: toFault(problem).message });
    }
  };
  const timer = setInterval(beat, heartbeatEveryMs).unref();
  let soon: NodeJS.Timeout | null = null;
  const beatSoon = () => {
    soon ??= setTimeout(() => {
      soon = null;
      beat();
    }, callsAfterMs).unref();
  };
  const unsubscribe = door.onChange((what) => (what === 'state' ? beat() : beatSoon()));
  let closeDoor: () => void = () => undefined;
  return {
    admitWatchers() {
      closeDoor = admitWatchers(door);
    },
    stop() {
      closeDoor();
      clearInterval(timer);
      if (soon !== null) clearTimeout(soon);
      unsubscribe();
      delay.disable();
    },
    retire() {
      if (isWritable) writer.retire(record());
    },
  };
}

/** Calls come and go too often to write each down. */
const callsAfterMs = 250;

/** What the monitor itself waits between two looks: at 10 ms, which is usual, an idle server would take 1 % of a core for it. */
const delayResolutionMs = 50;

/** Writes down what is known of a crash. @returns the path of the file */
export function recordCrash(door: Door, error: unknown): string {
  return writeCrash(
    {
      serverId: door.serverId,
      version: build.version,
      fault: toFault(error),
      stack: error instanceof Error ? (error.stack ?? null) : null,
      transitions: door.transitions.entries,
      record: door.isComposed ? recordServer(door) : null,
      atMs: Date.now(),
    },
    { folder: door.place.stateFolder, redact: redactorFor(door) },
  );
}
