const minLength = 8;

export interface KnownValues {
  learn(secret: string): void;
  redact(text: string): string;
}

/** Replaces secrets whose value is known, also where they stand escaped inside JSON or a URL. */
export function redactKnownValues(secrets: Iterable<string>, mark: string): KnownValues {
  const spellings = new Set<string>();
  let pattern: RegExp | null = null;

  const learn = (secret: string): void => {
    for (const spelling of spellingsOf(secret)) spellings.add(spelling);
    pattern = null;
  };
  for (const secret of secrets) learn(secret);

  return {
    learn,
    redact(text) {
      if (spellings.size === 0) return text;
      pattern ??= anyOf(spellings);
      return text.replace(pattern, mark);
    },
  };
}

function spellingsOf(secret: string): string[] {
  const trimmed = secret.trim();
  if (trimmed.length < minLength) return [];
  return [secret, trimmed, jsonSpelling(secret), jsonSpelling(trimmed), urlSpelling(trimmed)];
}

const jsonSpelling = (text: string): string => JSON.stringify(text).slice(1, -1);

function urlSpelling(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // half of a surrogate pair has no spelling in a URL
  }
}

/** The longest first, so that a secret which begins with another one goes as a whole. */
function anyOf(spellings: Iterable<string>): RegExp {
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
