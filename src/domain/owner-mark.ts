/** Set in the environment of every process that a server starts. A process keeps it when its parents end. */
export const ownerVariable = 'MAITRED_OWNER';

/**
 * The mark of one run: `<server id>.<number>`. A server that was started by another server puts that server's mark first, as `outer:inner`,
 * so that either can end what it owns.
 * @param inherited the mark in the server's own environment
 */
export function ownerMark(serverId: string, run: number, inherited: string | undefined): string {
  const own = `${serverId}.${run}`;
  return inherited ? `${inherited}:${own}` : own;
}

/** Whether a mark names this owner: a run, or a server with all its runs. */
export function isOwnedBy(mark: string, owner: string): boolean {
  return mark.split(':').some((one) => one === owner || one.startsWith(`${owner}.`));
}
