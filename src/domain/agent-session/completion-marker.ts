/** The line that a session ends with, unique to it. @param hex eight hexadecimal digits */
export const completionMarker = (name: string, hex: string): string => `%%${name}::${hex}%%`;

/** Whether the marker stands on a line of its own. Spaces, a carriage return and `**` around it do not count. */
export const hasMarkerLine = (text: string, marker: string): boolean =>
  text.includes(marker) && text.split('\n').some((line) => isMarkerLine(line, marker));

/** Whether a text reports completion: the marker stands on a line of its own, or at the end. A text that only mentions it does not. */
export const isMarked = (text: string, marker: string): boolean =>
  hasMarkerLine(text, marker) || endsWithMarker(text, marker);

/** Whether nothing comes after the marker. A text that goes on, such as a plan that names how it will end, is no end. */
export const endsWithMarker = (text: string, marker: string): boolean => withoutStars(text).endsWith(marker);

/** The text without the marker, without the lines that had nothing else, and without blanks around it. */
export const withoutMarker = (text: string, marker: string): string =>
  text
    .split('\n')
    .filter((line) => !isMarkerLine(line, marker))
    .join('\n')
    .replaceAll(marker, '')
    .trim();

const isMarkerLine = (line: string, marker: string): boolean => line.includes(marker) && withoutStars(line) === marker;

const withoutStars = (text: string): string => text.trim().replace(/^\*\*/, '').replace(/\*\*$/, '').trim();
