import { bytesText } from '../../domain/bytes-text.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { type Expiry, type RetentionKind, type RetentionRule, retentionRules } from '../../domain/retention.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { createFilesInUse } from '../../services/state/retention/files-in-use.ts';
import { createRetention, type Retention } from '../../services/state/retention/retention.ts';
import type { CliHost } from '../cli-host.ts';
import { paintFor, removalText, reportRemovals, sumOf, titledBlock, writeRemark } from '../report.ts';
import { serverRecordsIn } from '../state-folder-of.ts';

export interface CleanRequest {
  readonly stateDir: string;
  readonly retention: Retention;
  /** Whether to remove the files. */
  readonly isConfirmed: boolean;
  readonly asJson: boolean;
}

/**
 * `maitred status --clean`: lists the files that are too old or too many, and large outputs of commands that have ended; with `--yes` it
 * removes them.
 * @throws AppError `unavailable` if a file could not be removed; the rest is removed
 */
export function runClean(host: CliHost, { stateDir, retention, isConfirmed, asJson }: CleanRequest): void {
  const plan = retention.plan();
  const { removed: items, failed } = isConfirmed ? retention.carryOut(plan) : { removed: plan.items, failed: [] };
  for (const { path, cause } of plan.unreadable)
    writeRemark(host, `${path} could not be read (${cause}); nothing in it is removed`);
  const removed = { thing: 'file', isDone: isConfirmed } as const;
  reportRemovals(host, asJson, {
    ...removed,
    count: items.length,
    json: {
      state_dir: stateDir,
      [isConfirmed ? 'removed' : 'would_remove']: items.map(itemJson),
      bytes: sumOf(items.map(({ file }) => file.sizeBytes)),
      failed,
      unreadable: plan.unreadable,
    },
    blocks: retentionRules.map((rule) => {
      const ofKind = items.filter(({ kind }) => kind === rule.kind);
      const sizes = ofKind.map(({ file }) => file.sizeBytes);
      const texts = ofKind.map((item) => itemText(rule, item));
      return titledBlock(paintFor(host), titles[rule.kind], removalText(sizes, removed), texts);
    }),
    failures: failed.map(({ path, errno }) => `${path} could not be removed (${errno})`),
  });
}

/** The retention of a state folder, as a person sees it: with large outputs of commands that have ended. */
export function retentionOf(folder: StateFolder): Retention {
  const reader = serverRecordsIn(folder);
  return createRetention({
    folder,
    ownUid: readOwnUid(),
    liveServerIds: reader.liveServerIds,
    isInUse: createFilesInUse(() => reader.list().records),
  });
}

const titles: Readonly<Record<RetentionKind, string>> = {
  dead_server: 'records of dead servers',
  crash_file: 'crash files',
  early_settings: 'early-settings caches',
  handshake: 'cached handshakes of wrapped commands',
  compiled_code: 'compiled code',
  rotated_log: 'rotated logs',
  command_output: 'command output',
  unfinished_file: 'unfinished files',
};

/** snake_case, sizes in bytes, ages in milliseconds. */
const itemJson = ({ kind, file, ageMs, reason }: Expiry) => ({
  kind,
  path: file.path,
  bytes: file.sizeBytes,
  age_ms: Math.round(ageMs),
  reason,
});

const itemText = (
  { maxAgeMs, maxFiles, maxTotalBytes, largeBytes }: RetentionRule,
  { file, reason, ageMs }: Expiry,
) => {
  const limits = {
    too_old: `kept for ${ageLimitText(maxAgeMs)}`,
    too_many: `the newest ${maxFiles} are kept`,
    large: `${bytesText(file.sizeBytes)}, larger than ${bytesText(largeBytes ?? 0)}`,
    too_large: `the newest ${bytesText(maxTotalBytes ?? 0)} are kept`,
  };
  return `${file.path}: ${durationText(ageMs)} old, ${limits[reason]}`;
};

function ageLimitText(limitMs: number): string {
  const hours = limitMs / 3_600_000;
  return hours < 24 ? countText(hours, 'hour') : countText(hours / 24, 'day');
}
