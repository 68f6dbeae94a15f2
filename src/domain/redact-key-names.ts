/** What the name of a key reveals about its value: nothing, a token (a number is a count of tokens), or a secret. */
export type KeyKind = 'open' | 'token' | 'secret';

const secretWords =
  /passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|credential|^auth$|^pass$|^bearer$|pwd$/i;
const tokenWord = /token/i;
/** The key is about a secret but holds none: `token_file`, `secret_name`. */
const harmlessEnding = /(?:files?|path|dir|folder|count|limit|type|name)$/i;

export function kindOfKey(key: string): KeyKind {
  if (harmlessEnding.test(key)) return 'open';
  if (secretWords.test(key)) return 'secret';
  return tokenWord.test(key) ? 'token' : 'open';
}

// `key = value` or `"key": "value"` in running text, the quotes perhaps escaped. Every repetition is bounded or cannot overlap with what
// follows it, so that a long text takes linear time.
const assignment =
  /((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w-]{0,40})(\\?["']?\s{0,3}[:=]\s{0,3})("(?:[^"\\]|\\[\s\S])*"?|'[^'\n]*'?|\\"(?:[^"\\]|\\[^"])*|\d{1,12}(?=[}\]])|[^\s,;&"'\\]+)/gi;

// Headers: everything to the end of the line or of the quotation.
const header = /((?:authorization|cookies?)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?)([^\r\n"'\\]+)/gi;

// The message of a parser: `unrecognized token: "@"`.
const parserMessage = /\b(?:unrecognized|unexpected) $/i;
const longestBeforeToken = 20;

const harmlessValue = /^["']?(?:null|undefined|true|false|)["']?$/i;
const count = /^\d{1,12}$/;

/** Replaces the values of assignments and headers whose name marks a secret. */
export function redactAssignments(text: string, mark: string): string {
  return text
    .replace(header, (_all, name: string) => `${name}${mark}`)
    .replace(assignment, (all: string, key: string, between: string, value: string, at: number, whole: string) => {
      if (parserMessage.test(whole.slice(Math.max(0, at - longestBeforeToken), at))) return all;
      const kind = kindOfKey(key);
      if (kind === 'open' || harmlessValue.test(value) || (kind === 'token' && count.test(value))) return all;
      const quote = /^\\?["']/.exec(value)?.[0] ?? '';
      const closing = quote !== '' && !quote.startsWith('\\') && value.length > 1 && value.endsWith(quote) ? quote : '';
      return `${key}${between}${quote}${mark}${closing}`;
    });
}
