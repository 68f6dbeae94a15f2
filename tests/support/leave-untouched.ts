import { execFileSync } from 'node:child_process';

/** Sets all modification times in a folder to six hours ago. @returns the folder */
export function leaveUntouched(dir: string): string {
  execFileSync('find', [dir, '-exec', 'touch', '-h', '-d', '6 hours ago', '{}', '+']);
  return dir;
}
