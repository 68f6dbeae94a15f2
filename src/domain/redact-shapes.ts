/** Secrets that are known by their shape. The first group of a pattern, where it has one, is kept. */
const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /gh[opusr]_[A-Za-z0-9]{16,}/g,
  /github_pat_[A-Za-z0-9_]{16,}/g,
  /glpat-[A-Za-z0-9_-]{16,}/g,
  /npm_[A-Za-z0-9]{30,}/g,
  /sk-ant-[A-Za-z0-9_-]{8,}/g,
  /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{8,}/g,
  /xox[abeoprs]-[A-Za-z0-9-]{8,}/g,
  /AIza[A-Za-z0-9_-]{30,}/g,
  /A(?:KIA|SIA)[A-Z0-9]{16}/g,
  /eyJ[A-Za-z0-9_-]{6,2000}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*/g,
  /(bearer\s{1,3})[A-Za-z0-9._~+/=-]{8,}/gi,
];

// The name may come without a password, as in `https://TOKEN@host`: then only a long one counts as a secret.
const urlCredentials = /(:\/\/)(?:[^\s/@:"\\]*:[^\s/"\\]+|[^\s/@:"\\]{16,})@/g;

export function redactShapes(text: string, mark: string): string {
  let redacted = text.replace(urlCredentials, `$1${mark}@`);
  for (const shape of shapes) {
    redacted = redacted.replace(shape, (_all, kept: unknown) => `${typeof kept === 'string' ? kept : ''}${mark}`);
  }
  return redacted;
}
