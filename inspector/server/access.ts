import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The link gives access. Its token is exchanged for a cookie, so that it stays neither in the address bar nor in the history. */
export interface Access {
  /** The end of the link. */
  readonly token: string;
  /** Another token, valid once: for places where other users can read it. */
  issueOneTimeToken(): string;
  /** The value for `Set-Cookie`. */
  readonly cookie: string;
  /** Whether a token gives access. Uses up a one-time token. */
  redeemToken(token: string): boolean;
  /** @param cookies the `Cookie` header */
  hasCookie(cookies: string | undefined): boolean;
}

/** @param port part of the cookie's name: a browser sends cookies to all ports, and several inspectors may run */
export function createAccess(port: number): Access {
  const token = randomText();
  const secret = randomText();
  const name = `maitred-inspector-${port}`;
  const issued = new Set<string>();
  return {
    token,
    issueOneTimeToken() {
      const once = randomText();
      issued.add(once);
      return once;
    },
    cookie: `${name}=${secret}; HttpOnly; SameSite=Strict; Path=/`,
    redeemToken(given) {
      const once = [...issued].find((one) => isEqual(given, one));
      if (once !== undefined) issued.delete(once);
      return once !== undefined || isEqual(given, token);
    },
    hasCookie: (cookies = '') =>
      cookies.split(/; */).some((cookie) => {
        const [given, value = ''] = cookie.split('=');
        return given === name && isEqual(value, secret);
      }),
  };
}

const randomText = () => randomBytes(32).toString('base64url');

/** Compares in constant time. */
function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
