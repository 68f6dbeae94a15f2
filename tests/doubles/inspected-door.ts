import type { Door, Inspection } from '../../src/app/door.ts';
import type { InspectedDoor } from '../../src/app/inspection.ts';
import { createRootActors } from '../../src/app/root-actors.ts';
import type { SeenCall } from '../../src/domain/inspection.ts';

export interface InspectedDoorOptions {
  readonly secrets?: readonly string[];
  readonly projectDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly calls?: readonly SeenCall[];
}

/** As much of a server as is looked at, without actors. */
export function anInspectedDoor(options: InspectedDoorOptions = {}): InspectedDoor {
  const { secrets = [], projectDir = '/project', env = {}, calls = [] } = options;
  const inspection: Inspection | null = null;
  return {
    serverId: 'server-a',
    startedAtMs: Date.now(),
    roots: createRootActors(),
    secrets: new Set(secrets),
    inspection,
    place: { projectDir } as Door['place'],
    view: { state: 'ready', phases: [] } as unknown as Door['view'],
    host: { pid: 1, env } as unknown as Door['host'],
    front: { admission: { onCalls: null, calls: () => calls } },
  };
}
