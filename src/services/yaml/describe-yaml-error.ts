import type { ErrorCode } from 'yaml';

const fallback = 'this is not valid YAML; check quotes, colons and indentation';

/* The parser's own messages can quote the file, and the file can hold secrets. */
const sentences: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias or anchor without a name; expected a name after * or &; put quotes around the value',
  BAD_DIRECTIVE: 'an unknown directive; expected YAML without directives; remove the line',
  BAD_DQ_ESCAPE: 'an unknown escape in double quotes; expected \\\\ for \\; use single quotes',
  BAD_INDENT: 'wrong indentation; expected sibling keys in one column and brackets closed; align them',
  BAD_SCALAR_START: 'a value begins with a reserved character; expected a plain value; put quotes around it',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon in one line; expected "key: value"; put quotes around the value',
  MISSING_CHAR: 'a character is missing; expected a closing quote or bracket, a comma or a colon; add it',
  MULTILINE_IMPLICIT_KEY: 'a key spans several lines; expected a colon after the key; add it',
  MULTIPLE_DOCS: 'a second document begins; expected one document; remove the line "---"',
  MULTIPLE_ANCHORS: 'two anchors on one value; expected at most one; remove one of them',
  NON_STRING_KEY: 'a key is a list or a mapping; expected a plain name; check brackets and question marks',
  RESOURCE_EXHAUSTION: 'nested too deeply; flatten it',
  TAB_AS_INDENT: 'a tab in the indentation; expected spaces; replace the tab with spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag; expected a plain value; remove the tag or put quotes around the value',
};

/** Says what is wrong in a YAML text without quoting it. */
export function describeYamlError(code: ErrorCode): string {
  return sentences[code] ?? fallback;
}
