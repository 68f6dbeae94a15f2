/** Replaces the characters from `start` up to, but not including, `end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies edits that do not overlap, given in any order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((edited, { start, end, text: part }) => edited.slice(0, start) + part + edited.slice(end), text);
}

export const insertion = (at: number, text: string): TextEdit => ({ start: at, end: at, text });

export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** The end of the line that holds the character before `at`: after its line break, else the end of the text. */
export function lineEnd(text: string, at: number): number {
  if (text[at - 1] === '\n') return at;
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found + 1;
}

/** The line's text before `at` if it is only spaces; else null. */
export function indentBefore(text: string, at: number): string | null {
  const before = text.slice(lineStart(text, at), at);
  return /^ *$/.test(before) ? before : null;
}

/** Inserts whole lines at the beginning of a line or at the end of the text, with the text's own line breaks. */
export function insertLines(text: string, at: number, lines: readonly string[]): TextEdit {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const isOnFreshLine = at === 0 || text[at - 1] === '\n';
  const parts = lines.map((line) => (isOnFreshLine ? `${line}${lineBreak}` : `${lineBreak}${line}`));
  return insertion(at, parts.join(''));
}
