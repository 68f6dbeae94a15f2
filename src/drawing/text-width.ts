/**
 * Widths in hundredths of the font size: for each character the widest among common sans-serif fonts
 * (Arial, Roboto, Open Sans, Noto Sans, Inter, Cantarell, DejaVu Sans in most letters), so that a text fits in each of them.
 */
const groups: readonly (readonly [number, string])[] = [
  [28, " !,.:;ijl'"],
  [36, '()I[]ft'],
  [44, '{}"/\\r'],
  [52, '-s'],
  [56, '*?JL_ackvxyz|'],
  [60, '17^`eo'],
  [64, '02345689$FTZbdghnpqu'],
  [68, '#+<=>ABEKPSVXY~'],
  [76, 'CDHNRU&'],
  [80, 'GOQ'],
  [84, 'w'],
  [92, 'M'],
  [96, 'm'],
  [104, '%@W'],
];
const widths = new Map(groups.flatMap(([width, characters]) => [...characters].map((one) => [one, width] as const)));

const otherLetter = 80;
const wideLetter = 110;
/** The first code point of the scripts with square letters, and of emoji. */
const firstWide = 0x1100;
const boldFactor = 1.1;

/** The width of a text in px, estimated slightly too large. */
export function textWidth(text: string, sizePx: number, isBold = false): number {
  let hundredths = 0;
  for (const character of text) hundredths += widths.get(character) ?? foreignWidth(character);
  return Math.ceil((hundredths / 100) * sizePx * (isBold ? boldFactor : 1));
}

const foreignWidth = (character: string) => ((character.codePointAt(0) ?? 0) < firstWide ? otherLetter : wideLetter);

/** Breaks a text into lines of at most `widthPx`. A longer word gets a line of its own. */
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
