/** A decimal of any length. It is compared digit by digit, so that two long numbers are equal only if they are the same. */
export interface Decimal {
  readonly sign: -1 | 0 | 1;
  /** Without zeros in front. */
  readonly whole: string;
  readonly fraction: string;
}

/** @returns null if the text, without blanks around it, is not digits with an optional minus and an optional fraction */
export function readDecimal(text: string): Decimal | null {
  const [digits, minus, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const sign = !/[1-9]/.test(digits) ? 0 : minus === '-' ? -1 : 1;
  return { sign, whole: whole.replace(/^0+/, ''), fraction };
}

/** @returns below 0, 0 or above 0: the first one is less, the same or more */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  return a.sign * compareMagnitudes(a, b);
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.whole.length !== b.whole.length) return a.whole.length - b.whole.length;
  const places = Math.max(a.fraction.length, b.fraction.length);
  const [digitsOfA, digitsOfB] = [a, b].map(({ whole, fraction }) => whole + fraction.padEnd(places, '0')) as [
    string,
    string,
  ];
  return digitsOfA === digitsOfB ? 0 : digitsOfA < digitsOfB ? -1 : 1;
}

/** The shortest decimal that reads as this number, without an exponent. */
export function decimalText(value: number): string {
  const [text, minus = '', first = '', rest = '', exponent] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) ?? [];
  if (text === undefined) return String(value);
  // The point stands behind so many digits; `String` writes an exponent only where that is outside of them.
  const point = 1 + Number(exponent);
  const digits = first + rest;
  return minus + (point > 0 ? digits.padEnd(point, '0') : `0.${'0'.repeat(-point)}${digits}`);
}
