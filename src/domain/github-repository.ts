const withScheme = /^(?:https?|git|(?:git\+)?ssh):\/\/(?:[^@/\s]*@)?(?:www\.|ssh\.)?github\.com(?::\d+)?\/+(.+)$/i;
const likeScp = /^(?:[^@/:\s]+@)?(?:ssh\.)?github\.com:\/*(.+)$/i;
const ownerAndName = /^([\w-]+\/[\w.-]+?)(?:\.git)?\/*$/;

/** `owner/name`. */
export const repositoryName = /^[\w.-]+\/[\w.-]+$/;

/** `owner/name` from the URL of a git remote at github.com; null for any other URL. */
export function githubRepositoryOf(url: string): string | null {
  const path = (withScheme.exec(url) ?? likeScp.exec(url))?.[1] ?? '';
  return ownerAndName.exec(path)?.[1] ?? null;
}
