import { createRedactor, type Redactor } from '../domain/redact.ts';
import { kindOfKey } from '../domain/redact-key-names.ts';
import type { Door } from './door.ts';

/** A redactor that knows the secrets of the environment, which a client hands to every server it starts, and those that the door comes to know. */
export function redactorFor({ host, secrets }: Pick<Door, 'host' | 'secrets'>): Redactor {
  for (const [name, value] of Object.entries(host.env))
    if (value !== undefined && !shellFolders.has(name) && (kindOfKey(name) === 'secret' || isToken.test(name)))
      secrets.add(value);
  return createRedactor(secrets);
}

/** Where a shell is and was. Taken for passwords, as `DB_PWD` is one, they would black out every path of the project. */
const shellFolders: ReadonlySet<string> = new Set(['PWD', 'OLDPWD']);

/** One token, not a count of them. */
const isToken = /token$/i;
