/** What the name of a key reveals about its value: nothing, a token (a number is a count of tokens), or a secret. */
export type KeyKind = 'open' | 'token' | 'secret';

const secretWords =
  /passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|credential|^auth$|(?:^|[_-])pass$|^bearer$|pwd$/i;
const tokenWord = /token/i;
/** The key is about a secret but holds none: `token_file`, `secret_name`. */
const harmlessEnding = /(?:files?|path|dir|folder|count|limit|type|name)$/i;

export function kindOfKey(key: string): KeyKind {
  if (harmlessEnding.test(key)) return 'open';
  if (secretWords.test(key)) return 'secret';
  return tokenWord.test(key) ? 'token' : 'open';
}

// Perhaps escaped: in JSON, in JSON within JSON, or once more, as is the output of a command in the result of a tool.
const quote = String.raw`(?:\\{0,7}["'])`;

// An object or a list in JSON, with those in it; to the end of the text if it has no end. Nothing may follow in a pattern, so that this never backtracks.
const item = String.raw`\\"|"(?:[^"\\]|\\[\s\S])*"?|[^"[\]{}]`;
const collection = String.raw`[[{](?:${item}|[[{](?:${item})*[\]}]?)*[\]}]?`;

const names = String.raw`(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w-]{0,40}`;
// Words that also mean other things: at the end of a variable (`DB_PWD`), or as a key (`"pwd"`).
const shortNames = String.raw`(?:pwd|pass)(?<=[_-](?:pwd|pass))(?![\w-])|(?:pwd|pass|auth|bearer)(?=${quote})(?<=["'](?:pwd|pass|auth|bearer))`;
const oneValue = String.raw`"(?:[^"\\]|\\[\s\S])*"?|'[^'\n]*'?|\\{1,7}"(?:[^"\\]|\\+[^"\\])*|\d{1,12}(?=[}\]])|[^\s,;&"'\\]+`;

// `key = value` or `"key": "value"` in running text. Every repetition is bounded or cannot overlap with what follows it, so that a long text
// takes linear time.
const assignment = new RegExp(
  String.raw`(${names}|${shortNames})(${quote}?\s{0,3}[:=]\s{0,3})(${collection}|${oneValue})`,
  'gi',
);

// Headers: everything to the end of the line or of the quotation.
const header = new RegExp(
  String.raw`((?:authorization|cookies?)${quote}?\s{0,3}[:=]\s{0,3}${quote}?)(${collection}|[^\r\n"'\\]+)`,
  'gi',
);

// The message of a parser: `unrecognized token: "@"`.
const parserMessage = /\b(?:unrecognized|unexpected) $/i;
const longestBeforeToken = 20;

const harmlessValue = /^["']?(?:null|undefined|true|false|)["']?$/i;
const startingQuote = new RegExp(`^${quote}`);
const count = /^\d{1,12}$/;

/** Replaces the values of assignments and headers whose name marks a secret. */
export function redactAssignments(text: string, mark: string): string {
  return text
    .replace(header, (_all, name: string) => `${name}${mark}`)
    .replace(assignment, (all: string, key: string, between: string, value: string, at: number, whole: string) => {
      if (parserMessage.test(whole.slice(Math.max(0, at - longestBeforeToken), at))) return all;
      const kind = kindOfKey(key);
      if (kind === 'open' || harmlessValue.test(value) || (kind === 'token' && count.test(value))) return all;
      const opening = startingQuote.exec(value)?.[0];
      if (opening === undefined) {
        // What was a value of JSON stays one.
        const quoteOfKey = startingQuote.exec(between)?.[0] ?? '';
        return `${key}${between}${quoteOfKey}${mark}${quoteOfKey}`;
      }
      const closing = !opening.startsWith('\\') && value.length > 1 && value.endsWith(opening) ? opening : '';
      return `${key}${between}${opening}${mark}${closing}`;
    });
}
