/** What the text of a query shows. */
export interface ScannedQuery {
  /** In capitals; null where the text does not begin with a word. */
  readonly firstWord: string | null;
  readonly statements: number;
  /** The text without semicolons, so that it can stand within another query. */
  readonly body: string;
  /** By position from 1, as SQLite counts: the name with its mark (`:a`, `?5`), or null for a plain `?` and for a skipped number. */
  readonly parameters: readonly (string | null)[];
}

/** The tokens of SQLite: strings and names in four kinds of quotes, two kinds of comments, and characters above ASCII as letters. */
const token =
  /(?<blank>[ \t\n\v\f\r\uFEFF]+|--[^\n]*|\/\*.*?(?:\*\/|$))|(?<quoted>'[^']*(?:'|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$))|(?<parameter>\?\d*|[:@$](?:[\w$\u0080-\uFFFF]|::)+)|(?<word>[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)|(?<end>;)|./gsy;

/** The highest number that SQLite takes. */
export const mostParameters = 32_766;

export function scanQuery(text: string): ScannedQuery {
  const parameters = numberParameters();
  let firstWord: string | null | undefined;
  let statements = 0;
  let body = '';
  let isInStatement = false;
  for (const { 0: found, groups = {} } of text.matchAll(token)) {
    const { blank, end, word, parameter } = groups;
    if (end === undefined) body += found;
    if (blank !== undefined) continue;
    if (firstWord === undefined) firstWord = word?.toUpperCase() ?? null;
    if (!isInStatement && end === undefined) statements += 1;
    isInStatement = end === undefined;
    if (parameter !== undefined) parameters.add(parameter);
  }
  return { firstWord: firstWord ?? null, statements, body, parameters: parameters.all };
}

function numberParameters() {
  const all: (string | null)[] = [];
  const names = new Set<string>();
  const put = (index: number, name: string | null) => {
    while (all.length < Math.min(index, mostParameters + 1)) all.push(null);
    if (index <= mostParameters) all[index - 1] ??= name;
  };
  return {
    all,
    add(parameter: string) {
      if (parameter === '?') put(all.length + 1, null);
      else if (parameter.startsWith('?')) put(Number(parameter.slice(1)), parameter);
      else if (!names.has(parameter)) put(all.length + 1, parameter);
      names.add(parameter);
    },
  };
}
