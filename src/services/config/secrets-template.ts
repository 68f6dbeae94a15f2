import { configKeys } from './config-keys.ts';

/** The text of a project's first .secrets.yaml: it sets nothing, and shows where the token goes. */
export function secretsTemplate(): string {
  return `# The secrets of this project. Git ignores this file; nobody else may be able to read it (mode 0600).
# To set one, remove the first "# " of its lines.

# github:
  # ${configKeys.get('github.token')?.schema.description ?? ''}
  # token: ghp_…
`;
}
