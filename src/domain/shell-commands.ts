/** The words of a simple command, without quotes. Expansions are kept as they were written. */
export type ShellCommand = readonly string[];

const blank = /[^\S\n]+|\\\n/y;
const comment = /#[^\n]*/y;
const operator = /\n|;+|&+|\|+&?|[(){}!](?=[\s;&|()]|$)|[()]|`|\$\(/y;
const hereDocument = /<<(-?)[ \t]*(['"]?)([^\s'";&|<>()]+)\2/y;
const redirection = /\d*(?:&>>?|<<<|[<>]&|>>|<>|>\||[<>])[ \t]*/y;
const wordPart = /\\([\s\S])|'([^']*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|([^\s;&|()<>`'"\\$]+|\$(?!\()|['"\\])/y;

/** A simple command, empty between two operators, and the operator after it: `|`, `&&`, `;`, a line feed, a bracket; '' at the end. */
export interface ShellStep {
  readonly command: ShellCommand;
  readonly operator: string;
}

/** The simple commands of a shell script, including those in subshells and substitutions. */
export const readShellCommands = (script: string): ShellCommand[] =>
  readShellSteps(script)
    .map(({ command }) => command)
    .filter(({ length }) => length > 0);

/**
 * Splits a shell script at its operators. It handles what people usually write; a script can deceive it on purpose. Texts of
 * here-documents and targets of redirections are left out.
 */
export function readShellSteps(script: string): ShellStep[] {
  const steps: ShellStep[] = [];
  let command: string[] = [];
  const documentEnds: { end: string; isIndented: boolean }[] = [];
  let isTarget = false;
  let at = 0;
  const skip = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(script);
    at += found?.[0].length ?? 0;
    return found;
  };
  while (at < script.length) {
    if (skip(blank) || skip(comment)) continue;
    const document = skip(hereDocument);
    if (document) {
      documentEnds.push({ end: document[3]?.replaceAll('\\', '') ?? '', isIndented: document[1] === '-' });
      continue;
    }
    if (skip(redirection)) {
      isTarget = true;
      continue;
    }
    const found = skip(operator);
    if (found) {
      steps.push({ command, operator: found[0] });
      command = [];
      isTarget = false;
      if (found[0] === '\n') for (const one of documentEnds.splice(0)) at = afterDocument(script, at, one);
      continue;
    }
    let word = '';
    for (let part = skip(wordPart); part; part = skip(wordPart)) word += textOf(part);
    if (!isTarget) command.push(word);
    isTarget = false;
  }
  return [...steps, { command, operator: '' }];
}

function textOf([, escaped, single, double, plain]: RegExpExecArray): string {
  if (escaped !== undefined) return escaped === '\n' ? '' : escaped;
  return (
    single ?? double?.replace(/\\([\\"$`\n])/g, (_, character) => (character === '\n' ? '' : character)) ?? plain ?? ''
  );
}

function afterDocument(
  script: string,
  start: number,
  { end, isIndented }: { end: string; isIndented: boolean },
): number {
  for (let at = start; at < script.length; ) {
    const lineEnd = script.indexOf('\n', at);
    const line = script.slice(at, lineEnd === -1 ? undefined : lineEnd);
    at = lineEnd === -1 ? script.length : lineEnd + 1;
    if ((isIndented ? line.replace(/^\t+/, '') : line) === end) return at;
  }
  return script.length;
}
