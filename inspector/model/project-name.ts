/** The last word of a folder's path, which is how people call a project. */
export function projectName(projectDir: string): string {
  return projectDir.split(/[\\/]/).findLast((word) => word !== '') ?? projectDir;
}
