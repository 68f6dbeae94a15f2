import { createRedactor, type Redactor } from '../domain/redact.ts';
import { kindOfKey } from '../domain/redact-key-names.ts';
import type { Host } from './host.ts';

/** A redactor that knows the secrets of the environment, which a client hands to every server it starts. */
export function redactorFor({ env }: Pick<Host, 'env'>): Redactor {
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && kindOfKey(name) === 'secret' ? [value] : [],
  );
  return createRedactor(secrets);
}
