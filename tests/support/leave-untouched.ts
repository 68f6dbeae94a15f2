import { execFileSync } from 'node:child_process';

/** Makes everything in a folder look as if nobody had touched it for six hours. @returns the folder */
export function leaveUntouched(dir: string): string {
  execFileSync('find', [dir, '-exec', 'touch', '-h', '-d', '6 hours ago', '{}', '+']);
  return dir;
}
