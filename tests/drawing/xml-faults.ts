const token = /<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w-]*="[^"<]*")*)(\/?)>|([^<]+)|(<)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&(?!(amp|lt|gt|quot);)/;

/** Whether a text is XML as we write it: tags that close in order, and no character that XML forbids. */
export function findXmlFaults(text: string): string[] {
  const open: string[] = [];
  const faults: string[] = forbidden.test(text) || !isWellFormed(text) ? ['a forbidden character'] : [];
  for (const [whole, isEnd, name = '', , isEmpty] of text.matchAll(token)) {
    if (whole === '<') faults.push('a bare <');
    else if (name === '') continue;
    else if (isEnd) faults.push(...(open.pop() === name ? [] : [`</${name}> closes nothing`]));
    else if (!isEmpty) open.push(name);
  }
  return [...faults, ...open.map((name) => `<${name}> stays open`)];
}

const isWellFormed = (text: string) => Buffer.from(text, 'utf8').toString('utf8') === text;
