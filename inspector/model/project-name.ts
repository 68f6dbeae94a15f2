/** The name of a project: the last segment of its folder's path. */
export function projectName(projectDir: string): string {
  return projectDir.split(/[\\/]/).findLast((word) => word !== '') ?? projectDir;
}
