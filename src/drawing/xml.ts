import { printable } from '../domain/printable-text.ts';

type Attributes = Readonly<Record<string, string | number | null>>;

/** An element as text; an attribute of null is left out. `content` is markup: text goes through `xmlText` first. */
export function xml(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`)
    .join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Halves of characters, and the two that XML forbids. */
const unwritable = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g;

/** Any text, as XML may hold it. */
export const xmlText = (text: string): string =>
  printable(text)
    .replace(unwritable, '\ufffd')
    .replace(/[&<>"]/g, (mark) => marks[mark] ?? mark);
