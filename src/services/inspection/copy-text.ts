import { asciiJson } from '../../domain/encode-json.ts';
import type { Redactor } from '../../domain/redact.ts';
import { longestSpelling, redactKnownValues } from '../../domain/redact-known-values.ts';

/** A text without its secrets, and as JSON. */
interface CopiedText {
  readonly value: string;
  /** In ASCII. */
  readonly json: string;
}

/** Redacts texts, and truncates long ones. */
export interface TextCopier {
  /**
   * At most so many characters from the beginning, without the beginning of a secret that continues beyond them.
   * @param isWhole false: the text is the beginning of a longer one, and at least its last 8,192 characters are not shown
   */
  truncate(text: string, most: number, isWhole?: boolean): CopiedText;
  /** Whether the number is a known secret. Its shape does not matter. */
  isKnown(number: number | bigint): boolean;
}

/** Repeated texts are short: names of states, events and keys. */
const longestRemembered = 64;
const mostRemembered = 2_000;
/** Known secrets have at least eight characters. */
const shortestKnown = 1_000_000;
/** This much text beyond the limit is redacted too: more than a secret of a known shape takes. */
const usualMargin = 8_192;

/** @param secrets the values that the redactor knows; more may be added */
export function createTextCopier(redact: Pick<Redactor, 'text'>, secrets: ReadonlySet<string>): TextCopier {
  const remembered = new Map<string, CopiedText>();
  let known = -1;
  let margin = usualMargin;
  const redactKnown = redactKnownValues(secrets, '');

  const learn = () => {
    known = secrets.size;
    remembered.clear();
    margin = Math.max(usualMargin, longestSpelling(secrets));
  };

  const redactShort = (text: string) => {
    const before = remembered.get(text);
    if (before !== undefined) return before;
    const copied = copiedText(redact.text(text));
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(text, copied);
    return copied;
  };

  return {
    isKnown(number) {
      if (number > -shortestKnown && number < shortestKnown && Number.isInteger(number)) return false;
      const digits = String(number);
      return redactKnown(digits) !== digits;
    },
    truncate(text, most, isWhole = true) {
      if (secrets.size !== known) learn();
      if (isWhole && text.length <= longestRemembered) return truncateShort(redactShort(text), most);
      if (isWhole && text.length <= most + margin) return copiedText(redact.text(text).slice(0, most));
      const redacted = redact.text(text.slice(0, most + margin));
      return copiedText(redacted.slice(0, Math.max(0, Math.min(most, redacted.length - margin))));
    },
  };
}

const copiedText = (value: string): CopiedText => ({ value, json: asciiJson(value) });

const truncateShort = (copied: CopiedText, most: number) =>
  copied.value.length <= most ? copied : copiedText(copied.value.slice(0, most));
