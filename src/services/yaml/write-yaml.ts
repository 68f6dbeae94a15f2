import { Document, parseDocument, type ToStringOptions } from 'yaml';

/** A line stays a line, so that a change of a text is a small difference in git. */
const style: ToStringOptions = { lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: false };

/** Plain data as a YAML text. */
export const writeYaml = (value: object): string =>
  new Document(value, { aliasDuplicateObjects: false }).toString(style);

export interface YamlChange {
  readonly path: readonly PropertyKey[];
  /** undefined: it is removed. */
  readonly value: unknown;
}

/** Changes a valid YAML text that `writeYaml` wrote, and keeps what people have added: comments, and the order of keys. */
export function changeYaml(text: string, changes: readonly YamlChange[]): string {
  const document = parseDocument(text);
  for (const { path, value } of changes) {
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, value);
  }
  return document.toString(style);
}
