import { basename } from 'node:path';
import type { StateFolder } from '../../../../src/domain/state-folder.ts';
import type { RetentionOptions, RetentionPlan } from '../../../../src/services/state/retention/plan-retention.ts';
import { createRetention, type Retention } from '../../../../src/services/state/retention/retention.ts';
import { nowMs } from './planted-files.ts';

/** The retention of a folder on which no server lives. */
export function aRetention(folder: StateFolder, change: Partial<RetentionOptions> = {}): Retention {
  return createRetention({
    folder,
    ownUid: process.getuid?.() ?? null,
    liveServerIds: () => new Set(),
    nowMs: () => nowMs,
    ...change,
  });
}

/** What would go, each as `<name>: <reason>`, sorted. */
export function itemTexts({ items }: Pick<RetentionPlan, 'items'>): string[] {
  return items.map(({ file, reason }) => `${basename(file.path)}: ${reason}`).sort();
}
