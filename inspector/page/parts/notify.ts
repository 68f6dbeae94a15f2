import { signal } from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

/** What is said as of now, the newest last. */
export const notices = signal<readonly Notice[]>([]);

/** How far a file has been read, in words, while that takes long. */
export const reading = signal<string | null>(null);

let noticesSoFar = 0;

/** So long is shown what need not be dealt with. */
const briefMs = 6_000;

/** Says something over the page, once where it is said again: an error until it is dismissed, anything else for some seconds. */
export function notify(text: string, { isError = false } = {}): void {
  noticesSoFar += 1;
  const id = noticesSoFar;
  if (!isError) setTimeout(() => dismissNotice(id), briefMs);
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, text, isError }];
}

export function dismissNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
