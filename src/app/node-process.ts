/** The process that the program lives in, handed down by `main.ts`: no other file uses the global. */
export type NodeProcess = Pick<
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
