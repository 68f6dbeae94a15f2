import { createAudit } from '../services/audit/audit.ts';
import { createKitchenGate } from '../services/kitchen-gate/kitchen-gate.ts';
import { writeFileAtomically } from '../services/platform/files.ts';
import type { ToolServices } from '../tools/index.ts';
import type { Door } from './door.ts';
import { recordServer } from './record-server.ts';

/** Builds every service, in order of need. */
export function createServices(door: Door, onListChanged: () => void): ToolServices {
  const { place, session } = door;
  return {
    gate: createKitchenGate(session, onListChanged),
    status: {
      read: () => recordServer(door),
      stateDir: place.stateFolder.dir,
      logFile: door.logFile(),
      isHeadless: session.isHeadless,
    },
    audit: createAudit({ stateFolder: place.stateFolder, writeFileAtomically }),
  };
}
