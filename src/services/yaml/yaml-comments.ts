import { CST, Lexer } from 'yaml';

/** Where the comments of a YAML text begin, at their `#`. */
export function yamlComments(text: string): readonly number[] {
  const found: number[] = [];
  let at = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    // Marks that the lexer adds stand nowhere in the text.
    if (type === 'doc-mode' || type === 'flow-error-end' || type === 'scalar') continue;
    if (type === 'comment') found.push(at);
    at += lexeme.length;
  }
  return found;
}
