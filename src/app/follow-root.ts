import type { AnyActor } from 'xstate';
import type { Door } from './door.ts';

/** Shows a chart to those who look, and notes its states for the crash file. Called before it is started. */
export function followRoot({ roots, transitions }: Door, part: string, name: string, actor: AnyActor): void {
  actor.subscribe(({ value }) => transitions.note(name, value));
  roots.add(part, actor);
}
