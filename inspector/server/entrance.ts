import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Who has the link may look: it is exchanged for a cookie, so that it stands in no address bar and no history. */
export interface Entrance {
  /** What the link ends with. */
  readonly token: string;
  /** Another token, which lets in once: for where others may read it. */
  issueToken(): string;
  /** For `Set-Cookie`. */
  readonly cookie: string;
  /** Whether a token lets in; one that was issued for once does not do so again. */
  takeToken(token: string): boolean;
  /** @param cookies as the browser sends them */
  hasCookie(cookies: string | undefined): boolean;
}

/** @param port stands in the name of the cookie: a browser sends a cookie to all ports, and there may be several inspectors */
export function createEntrance(port: number): Entrance {
  const token = randomText();
  const secret = randomText();
  const name = `maitred-inspector-${port}`;
  const issued = new Set<string>();
  return {
    token,
    issueToken() {
      const once = randomText();
      issued.add(once);
      return once;
    },
    cookie: `${name}=${secret}; HttpOnly; SameSite=Strict; Path=/`,
    takeToken(given) {
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

/** In a time that says nothing of how much of it is right. */
function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
