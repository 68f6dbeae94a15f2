import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from 'yaml';

/** The composer recurses, and a stack overflow inside a regular expression ends the process. */
const deepestNesting = 32;

export interface ComposedYaml {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  /** The offset at which a second document begins. */
  readonly secondAt: number | undefined;
}

export interface TooDeepYaml {
  readonly tooDeepAt: number;
  readonly lines: LineCounter;
}

/**
 * Composes a YAML text into a document with its errors; a text that is nested too deeply is not composed. Keys are strings.
 * Repeated keys are allowed, because the library's check is quadratic: `pairsOf` finds them.
 */
export function composeYaml(text: string, schema: 'core' | 'failsafe' = 'core'): ComposedYaml | TooDeepYaml {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  function* shallowTokens(): Generator<CST.Token, void> {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > deepestNesting) return;
    }
    yield* parser.end();
  }
  const composer = new Composer({ schema, prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const documents = composer.compose(shallowTokens(), true, text.length);
  const document = documents.next().value;
  const secondAt = documents.next().value?.range[0];
  const isTooDeep = parser.stack.length > deepestNesting;
  return isTooDeep || !document ? { tooDeepAt: parser.offset, lines } : { document, lines, secondAt };
}
