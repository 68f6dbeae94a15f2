/**
 * The entries that stay when a marked folder is emptied: the marker, and the file by which a repository ignores the rest.
 * @param marker `safety.reset_guard_marker`
 */
export const keptWhenEmptied = (marker: string): readonly string[] => [marker, '.gitignore'];
