import { printable } from '../domain/printable-text.ts';

type Attributes = Readonly<Record<string, string | number | null>>;

/** An element as text. An attribute with the value null is omitted. `content` is markup: escape text with `xmlText`. */
export function xml(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`)
    .join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Lone surrogates, and the two code points that XML forbids. */
const unwritable = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g;

/** Escapes a text for XML. */
export const xmlText = (text: string): string =>
  printable(text)
    .replace(unwritable, '\ufffd')
    .replace(/[&<>"]/g, (mark) => marks[mark] ?? mark);
