/**
 * Where variables of a wrapped command come from, by reference, so that their values are in no configuration of a client: `--env-file PATH`,
 * `--env NAME=file:PATH` and `--env NAME=cmd:PROGRAM ARGS`. Relative paths begin at the working folder of the command. `words` are the program
 * and its arguments; no shell reads them.
 */
export type EnvSource =
  | { readonly kind: 'envFile'; readonly path: string }
  | { readonly kind: 'file'; readonly name: string; readonly path: string }
  | { readonly kind: 'command'; readonly name: string; readonly words: readonly string[] };
