/** The process that the program lives in, handed down by `main.ts`; nobody below reaches for the global. */
export type Host = Pick<
  NodeJS.Process,
  | 'argv'
  | 'execArgv'
  | 'execPath'
  | 'env'
  | 'stdin'
  | 'stdout'
  | 'stderr'
  | 'pid'
  | 'ppid'
  | 'platform'
  | 'exit'
  | 'on'
  | 'off'
  | 'cwd'
  | 'memoryUsage'
  | 'exitCode'
  | 'getuid'
>;
