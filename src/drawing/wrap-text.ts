import { textWidth } from './text-width.ts';

/** A text as lines that are not wider than asked, but for a word that is. */
export function wrapText(text: string, sizePx: number, widthPx: number): string[] {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (textWidth(longer, sizePx) > widthPx) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
