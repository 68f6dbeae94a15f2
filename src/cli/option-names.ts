/** How the help shows an option: `-v, --verbose`, `--project <DIR>`. */
export function optionNames({
  short,
  long,
  placeholder,
}: {
  readonly short?: string;
  readonly long: string;
  readonly placeholder?: string;
}): string {
  const names = short === undefined ? long : `${short}, ${long}`;
  return placeholder === undefined ? names : `${names} <${placeholder}>`;
}
