/** What servers have sent since their connection began, for pages that are opened later. */
export interface ServerMemory {
  /** Forgets what the server had sent before: a new connection begins with everything that the server itself has kept. */
  begin(serverId: string): void;
  add(serverId: string, text: string): void;
  /** The server is gone: where room is needed, those that left first are forgotten first, and those that run last. */
  leave(serverId: string): void;
  has(serverId: string): boolean;
  textsOf(serverId: string): Iterable<string>;
  forget(serverId: string): void;
}

/** Of a server that is forgotten while it runs, nothing more is remembered: its beginning would be missing. */
export function createServerMemory(mostBytes: number): ServerMemory {
  const running = new Map<string, Buffer[]>();
  const left = new Map<string, Buffer[]>();
  let sizeBytes = 0;

  const piecesOf = (serverId: string) => running.get(serverId) ?? left.get(serverId) ?? [];
  const forget = (serverId: string) => {
    for (const { length } of piecesOf(serverId)) sizeBytes -= length;
    running.delete(serverId);
    left.delete(serverId);
  };

  return {
    begin(serverId) {
      forget(serverId);
      running.set(serverId, []);
    },
    add(serverId, text) {
      // The stream of a server is ASCII.
      const piece = Buffer.from(text, 'latin1');
      const pieces = running.get(serverId);
      if (pieces === undefined) return;
      pieces.push(piece);
      sizeBytes += piece.length;
      if (sizeBytes <= mostBytes) return;
      for (const oldest of [...left.keys(), ...running.keys()]) if (sizeBytes > mostBytes) forget(oldest);
    },
    leave(serverId) {
      const pieces = running.get(serverId);
      if (pieces === undefined) return;
      running.delete(serverId);
      left.set(serverId, pieces);
    },
    has: (serverId) => running.has(serverId) || left.has(serverId),
    *textsOf(serverId) {
      for (const piece of [...piecesOf(serverId)]) yield piece.toString('latin1');
    },
    forget,
  };
}
