import { userInfo } from 'node:os';

/** The name of the user, for people who read who did something. The system may know none: in a container, a number is enough to run. */
export function readUserName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'without a name'}`;
  }
}
