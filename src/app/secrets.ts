import { createRedactor, type Redactor } from '../domain/redact.ts';
import { kindOfKey } from '../domain/redact-key-names.ts';
import type { ServerContext } from './server-context.ts';

/** A redactor that knows the secrets in the environment, which a client hands to every server it starts, and those added to the context. */
export function redactorFor({ nodeProcess, secrets }: Pick<ServerContext, 'nodeProcess' | 'secrets'>): Redactor {
  for (const [name, value] of Object.entries(nodeProcess.env))
    if (value !== undefined && !shellFolders.has(name) && (kindOfKey(name) === 'secret' || isToken.test(name)))
      secrets.add(value);
  return createRedactor(secrets);
}

/** Where a shell is and was. Taken for passwords, as `DB_PWD` is one, they would black out every path of the project. */
const shellFolders: ReadonlySet<string> = new Set(['PWD', 'OLDPWD']);

/** One token, not a count of them. */
const isToken = /token$/i;
