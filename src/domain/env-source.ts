/** Where a variable of a wrapped command comes from: the value itself is never in the arguments. Paths are as they were given. */
export type EnvSource =
  /** Each line of the file sets a variable. */
  | { readonly kind: 'envFile'; readonly path: string }
  /** The content of the file. */
  | { readonly kind: 'file'; readonly name: string; readonly path: string }
  /** What the program prints; it is run without a shell. */
  | { readonly kind: 'command'; readonly name: string; readonly words: readonly string[] };
