import { signal } from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

/** The present notices, the newest last. */
export const notices = signal<readonly Notice[]>([]);

/** The progress of reading a large file, in words. */
export const progress = signal<string | null>(null);

let noticesSoFar = 0;

/** The display time of a notice that is not an error. */
const briefMs = 6_000;

/** Shows a notice over the page: an error until it is dismissed, others for some seconds. Replaces a notice with the same text. */
export function notify(text: string, { isError = false } = {}): void {
  noticesSoFar += 1;
  const id = noticesSoFar;
  if (!isError) setTimeout(() => dismissNotice(id), briefMs);
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, text, isError }];
}

export function dismissNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
