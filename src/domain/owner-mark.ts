/** The variable that everything which a server starts carries in its environment, whatever becomes of its parents. */
export const ownerVariable = 'MAITRED_OWNER';

/**
 * The mark of one piece of work: `<server id>.<number>`. A server that was itself started by another one hands on that one's mark too,
 * `outer:inner`, so that either may end what it owns.
 * @param inherited the mark in the server's own environment
 */
export function ownerMark(serverId: string, work: number, inherited: string | undefined): string {
  const own = `${serverId}.${work}`;
  return inherited ? `${inherited}:${own}` : own;
}

/** Whether a mark names this owner: a piece of work, or a server with all that it started. */
export function isOwnedBy(mark: string, owner: string): boolean {
  return mark.split(':').some((one) => one === owner || one.startsWith(`${owner}.`));
}
