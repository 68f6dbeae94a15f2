import { configKeys } from './config-keys.ts';
import { newConfigHeader } from './new-config-file.ts';

/** The text of a project's first .secrets.yaml: it sets nothing, and shows where the token goes. */
export function secretsTemplate(): string {
  return `${newConfigHeader('secrets')}# To set one, remove the first "# " of its lines.

# github:
  # ${configKeys.get('github.token')?.schema.description ?? ''}
  # token: ghp_…
`;
}
