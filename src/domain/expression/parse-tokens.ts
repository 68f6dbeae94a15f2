import { nearestName } from '../nearest-name.ts';
import { printable } from '../printable-text.ts';
import { firstCharacters } from '../shorten-texts.ts';
import { compareDecimals, decimalText, readDecimal } from './decimal.ts';
import type { Token } from './read-tokens.ts';
import {
  comparisonOperators,
  type ExpressionNode,
  type FilterName,
  filterNames,
  keywords,
  namePattern,
  namespaces,
  type SourcePlace,
  type SyntaxFault,
} from './syntax-tree.ts';

const mostLevels = 32;

/** @param tokens the last one is `end` */
export function parseTokens(tokens: readonly Token[]): ExpressionNode | { readonly fault: SyntaxFault } {
  try {
    return new Parser(tokens).parse();
  } catch (thrown) {
    if (thrown instanceof Unparsable) return { fault: thrown.fault };
    throw thrown;
  }
}

class Unparsable extends Error {
  readonly fault: SyntaxFault;

  constructor({ offset, length }: SourcePlace, message: string) {
    super(message);
    this.fault = { message, offset, length };
  }
}

/** A method for each rule of the grammar, from the weakest operator to the strongest. No token is read twice. */
class Parser {
  readonly #tokens: readonly Token[];
  #index = 0;
  #level = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): ExpressionNode {
    if (this.#next.kind === 'end')
      throw new Unparsable(this.#next, 'the expression is empty: write one, such as result.verdict == GO');
    const root = this.#conditional();
    if (this.#index < this.#tokens.length - 1) throw this.#unexpected();
    return root;
  }

  #conditional(): ExpressionNode {
    const start = this.#next;
    const whenTrue = this.#or();
    if (!this.#take('if')) return whenTrue;
    const condition = this.#or();
    if (!this.#take('else')) throw this.#unexpected('else: write A if CONDITION else B');
    const whenFalse = this.#nested(() => this.#conditional());
    return { kind: 'conditional', condition, whenTrue, whenFalse, ...this.#placeFrom(start) };
  }

  #or(): ExpressionNode {
    return this.#chain('or', '||', () => this.#and());
  }

  #and(): ExpressionNode {
    return this.#chain('and', '&&', () => this.#not());
  }

  #chain(kind: 'and' | 'or', sign: string, parseOperand: () => ExpressionNode): ExpressionNode {
    const start = this.#next;
    const first = parseOperand();
    const others: ExpressionNode[] = [];
    while (this.#take(kind, sign)) others.push(parseOperand());
    return others.length === 0 ? first : { kind, operands: [first, ...others], ...this.#placeFrom(start) };
  }

  #not(): ExpressionNode {
    const start = this.#next;
    if (!this.#take('not', '!')) return this.#comparison();
    const operand = this.#nested(() => this.#not());
    return { kind: 'not', operand, ...this.#placeFrom(start) };
  }

  #comparison(): ExpressionNode {
    const start = this.#next;
    const left = this.#filtered();
    const operator = comparisonOperators.find((one) => this.#take(one));
    if (operator === undefined) return left;
    const right = this.#filtered();
    return { kind: 'comparison', operator, left, right, ...this.#placeFrom(start) };
  }

  #filtered(): ExpressionNode {
    const start = this.#next;
    const input = this.#atom();
    const filters: FilterName[] = [];
    while (this.#take('|')) {
      const filter = filterNames.find((name) => this.#take(name));
      if (filter === undefined) throw this.#unexpected(`a filter: ${pick(this.#next.text, filterNames)}`);
      filters.push(filter);
    }
    return filters.length === 0 ? input : { kind: 'filtered', input, filters, ...this.#placeFrom(start) };
  }

  #atom(): ExpressionNode {
    const token = this.#next;
    if (this.#take('(')) return this.#restOfGroup(token, ')');
    if (this.#take('${{')) return this.#restOfGroup(token, '}}');
    const node = nodeOf(token);
    if (node === null) throw this.#unexpected('a value, such as result.verdict or a text in quotes');
    this.#index += 1;
    return node;
  }

  #restOfGroup(opening: Token, closing: string): ExpressionNode {
    const inner = this.#nested(() => this.#conditional());
    if (this.#take(closing)) return inner;
    if (this.#next.kind !== 'end') throw this.#unexpected();
    throw new Unparsable(opening, `${quote(opening.text)} is never closed: write ${closing} behind the value`);
  }

  #nested(parse: () => ExpressionNode): ExpressionNode {
    if (this.#level === mostLevels)
      throw new Unparsable(
        this.#next,
        `more than ${mostLevels} levels are nested: remove brackets, or split the expression`,
      );
    this.#level += 1;
    const node = parse();
    this.#level -= 1;
    return node;
  }

  get #next(): Token {
    return this.#tokens[this.#index] ?? nothing;
  }

  #take(...spellings: readonly string[]): boolean {
    const { kind, text } = this.#next;
    const isTaken = (kind === 'symbol' || kind === 'name') && spellings.includes(text);
    if (isTaken) this.#index += 1;
    return isTaken;
  }

  #placeFrom({ offset }: Token): SourcePlace {
    const last = this.#tokens[this.#index - 1] ?? nothing;
    return { offset, length: last.offset + last.length - offset };
  }

  /** @param expected what may stand here; undefined: what may follow a value */
  #unexpected(expected?: string): Unparsable {
    const { kind, text } = this.#next;
    if (kind === 'end') return new Unparsable(this.#next, `the expression ends too early: expected ${expected}`);
    if (kind === 'unclosed')
      return new Unparsable(this.#next, `the text in quotes is never closed: write ${text.charAt(0)} behind it`);
    const hint = hints.get(text) ?? (expected === undefined ? hintAfterValue(text) : `expected ${expected}`);
    return new Unparsable(this.#next, `${quote(text)} cannot stand here: ${hint}`);
  }
}

const nothing: Token = { kind: 'end', text: '', offset: 0, length: 0 };

/** What other languages have, and what to write instead. */
const hints: ReadonlyMap<string, string> = new Map([
  ['=', 'write =='],
  ['===', 'write =='],
  ['!==', 'write !='],
  ['&', 'write and'],
  ['?', 'write A if CONDITION else B'],
  ['[', 'there is no index: use the filters first and last'],
]);

function hintAfterValue(text: string): string {
  if (comparisonOperators.some((operator) => operator === text))
    return 'a comparison has two sides: join two comparisons with and';
  if (text === '(') return 'there are no functions: use a filter, as in result.files | length';
  return 'expected an operator, such as == or and; write a text of several words in quotes';
}

/** @returns null if the token is not a value */
function nodeOf(token: Token): ExpressionNode | null {
  const { kind, text, offset, length } = token;
  if (kind === 'quoted') return { kind: 'literal', value: unquoted(token), offset, length };
  if (kind === 'number') return { kind: 'literal', value: numberOf(token), offset, length };
  if (kind !== 'name') return null;
  if (text === 'null') return { kind: 'literal', value: null, offset, length };
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', offset, length };
  if (keywords.some((keyword) => keyword === text)) return null;
  return text.includes('.') ? referenceOf(token) : { kind: 'word', name: text, offset, length };
}

function unquoted({ text, offset }: Token): string {
  return text.slice(1, -1).replace(/\\(.)/gs, (pair: string, character: string, at: number) => {
    if (`\\'"`.includes(character)) return character;
    const problem = `${quote(pair)} is not an escape: write \\\\ for a backslash`;
    throw new Unparsable({ offset: offset + 1 + at, length: pair.length }, problem);
  });
}

function numberOf(token: Token): number {
  const { text } = token;
  const written = readDecimal(text);
  if (written === null)
    throw new Unparsable(token, `${quote(text)} is not a number: write it in quotes, as '${shown(text)}'`);
  if (written.sign === 0) return 0;
  const kept = readDecimal(decimalText(Number(text)));
  if (kept !== null && compareDecimals(kept, written) === 0) return Number(text);
  throw new Unparsable(token, `${quote(text)} has more digits than a number keeps: write it in quotes`);
}

function referenceOf(token: Token): ExpressionNode {
  const { text, offset, length } = token;
  const [first = '', ...path] = text.split('.');
  const namespace = namespaces.find((name) => name === first);
  if (namespace === undefined) {
    const hint = `${pick(first, namespaces)}; write a text with a dot in quotes, as '${shown(text)}'`;
    throw new Unparsable({ offset, length: first.length }, `${quote(first)} is not a namespace: ${hint}`);
  }
  const bad = path.findIndex((name) => !namePattern.test(name));
  if (bad < 0) return { kind: 'reference', namespace, path, offset, length };
  const before = [first, ...path.slice(0, bad), ''].join('.').length;
  throw new Unparsable(
    { offset: offset + before, length: path[bad]?.length ?? 0 },
    `${quote(text)} needs a name behind each dot: names begin with a letter, and for a part of a list there are the filters first and last`,
  );
}

function pick(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? `write one of ${names.join(', ')}` : `did you mean ${near}?`;
}

const shown = (text: string) => printable(firstCharacters(text, 40));

const quote = (text: string) => `\`${shown(text)}\``;
