import { toFault } from '../domain/app-error.ts';
import { guardStream, type StdoutGuard } from '../front/stdout-guard.ts';
import type { LifecycleWork } from './actors/lifecycle-actors.ts';
import { composeFront } from './compose-front.ts';
import type { CrashRecorder } from './crash-recorder.ts';
import type { Door } from './door.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { KitchenDoor } from './kitchen-door.ts';
import { watchParent } from './parent-watch.ts';
import { readDoor } from './read-door.ts';
import { watchCrashes, watchSignals } from './shutdown-triggers.ts';
import { stderrOf } from './stderr.ts';

/** Work that does not listen to its signal is not waited for longer than this before the record goes. */
const settleLimitMs = 100;

/** What is done in each state of the lifecycle, in order of life. */
export function workOfLife(
  door: Door,
  kitchenDoor: KitchenDoor,
  recordCrash: CrashRecorder,
): LifecycleWork & { wireTransport(): void } {
  const { host, files, session, earlyLog, place } = door;
  const parentPid = host.ppid;
  const { tasks } = kitchenDoor;
  const whenSettled = () => Promise.all([tasks.whenSettled(), door.background?.whenSettled()]);
  let guard: StdoutGuard = { write: host.stdout.write.bind(host.stdout) };
  let heartbeat: Heartbeat | null = null;
  const startHeartbeat = () => {
    heartbeat ??= (files.load('heartbeat') as typeof import('./heartbeat.ts')).startHeartbeat(door);
    return heartbeat;
  };
  door.recordServer = startHeartbeat;
  /** A defect with its stack. */
  const logTaskFailure = (task: string, problem: unknown) => {
    const { code, message } = toFault(problem);
    const fields = { task, code, error: message };
    if (code !== 'internal') earlyLog.log.warning('task_failed', fields);
    else earlyLog.log.error('task_failed', { ...fields, stack: problem instanceof Error ? problem.stack : undefined });
  };

  return {
    watchEnds(ends, tell) {
      const stops = [watchCrashes(host, recordCrash, tell)];
      if (ends.includes('signal')) stops.push(watchSignals(host, tell));
      if (ends.includes('parentDied'))
        stops.push(
          watchParent(host, parentPid, () =>
            tell({ type: 'SHUTDOWN_TRIGGERED', reason: 'parentDied', atMs: Date.now() }),
          ),
        );
      return () => {
        for (const stop of stops) stop();
      };
    },
    async readEarlySettings() {
      guard = guardStream(host.stdout, () => stderrOf(host));
      const read = readDoor(place, files, host.getuid?.());
      const { settings, fault } = read;
      door.read = read;
      session.settings = settings;
      if (fault !== null) earlyLog.log.error('configuration_refused', { error: fault.message });
      return { settings, fault };
    },
    wireTransport() {
      door.front = composeFront(door, kitchenDoor, guard);
    },
    async openTransport() {
      door.front.open();
    },
    keepHeartbeat(tell) {
      let isStopped = false;
      const start = async () => {
        await kitchenDoor.whenQuiet();
        if (!isStopped) startHeartbeat().admitWatchers();
      };
      start().catch((problem) => tell({ type: 'DEGRADED', what: 'the heartbeat', cause: toFault(problem).message }));
      return () => {
        isStopped = true;
        heartbeat?.stop();
      };
    },
    async runTask(name, signal) {
      try {
        await tasks.run(name, signal);
      } catch (problem) {
        if (!signal.aborted) logTaskFailure(name, problem);
        throw problem;
      }
    },
    async drain({ policy, fault }, signal) {
      const leaving = fault ?? { code: 'unavailable', message: 'The server is leaving; call again when it is back.' };
      door.childGraceMs = policy.childGraceMs;
      await Promise.all([door.front.drain(policy, leaving, signal), door.background?.drain(policy.finishMs, signal)]);
    },
    async closeTransport() {
      await door.children?.killAll();
      // Lets the calls whose processes were killed write their answers before the flush.
      await new Promise((resolve) => setImmediate(resolve));
      await door.front.flush();
      // Aborted work may hold claims still, and others break them once this server looks dead.
      await Promise.race([whenSettled(), new Promise((resolve) => setTimeout(resolve, settleLimitMs))]);
      // A server that lived too short for a heartbeat leaves its record and its log all the same.
      const { stop, retire } = startHeartbeat();
      stop();
      retire();
      if (door.view.records.backend?.status === 'done') files.keepCompiledCode('made');
      await whenSettled();
    },
  };
}
