import { CST, Lexer } from 'yaml';

/** The offset of the `#` of each comment in a YAML text. */
export function yamlComments(text: string): readonly number[] {
  const found: number[] = [];
  let at = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    // The lexer adds these marks; they are not in the text.
    if (type === 'doc-mode' || type === 'flow-error-end' || type === 'scalar') continue;
    if (type === 'comment') found.push(at);
    at += lexeme.length;
  }
  return found;
}
