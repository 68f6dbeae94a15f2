import { isUtf8 } from 'node:buffer';
import { dirname, join } from 'node:path';
import { callsFolder, type ScenarioState, scenarioFile } from '../../domain/scenario/scenario.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { changeYaml, type YamlChange } from '../yaml/write-yaml.ts';
import { hashOf } from './keep-content.ts';
import { readContent } from './read-content.ts';
import { contentsOf, type InspectedScenario, inspectScenario, readScenario } from './read-scenario.ts';
import { crashTracesIn, fileMode, lockScenario, removeFolder } from './scenario-folder.ts';

export interface TrimmedScenario {
  /** Files and folders, relative to the scenario. */
  readonly removed: readonly string[];
  /** Files of programs in which the hash of a content is corrected, relative to the scenario. */
  readonly corrected: readonly string[];
  /** How many calls there are now. */
  readonly calls: number;
  readonly state: ScenarioState;
}

/**
 * Removes what a replay does not use: calls that were cancelled, and what killed recorders have left; the list of unfinished calls is empty then. Numbers
 * and comments stay. A scenario in the state `recording` becomes `complete`, or `incomplete` if it has problems. Hashes of contents that somebody has
 * edited are corrected. A trim that is killed is done by the next one.
 * @param dir an absolute path
 * @param isDryRun nothing is changed
 * @throws AppError as `readScenario`; `conflict` while a server records into it; `unavailable` where it cannot be written
 */
export async function trimScenario(dir: string, isDryRun = false): Promise<TrimmedScenario> {
  await readScenario(dir);
  const release = await lockScenario(dir);
  try {
    const { calls, manifest } = await readScenario(dir);
    const inspected = await inspectScenario(dir);
    const cancelled = calls
      .filter(({ call }) => call.outcome === 'cancelled')
      .map(({ name }) => `${callsFolder}/${name}`);
    const removed = [...cancelled, ...crashTracesIn(dir)];
    const corrections = await correctionsOf(inspected, cancelled);
    const state = manifest.problems.length > 0 || manifest.state === 'incomplete' ? 'incomplete' : 'complete';
    const trimmed = {
      removed,
      corrected: [...corrections.keys()],
      calls: calls.length - cancelled.length,
      state,
    } as const;
    if (isDryRun) return trimmed;
    const change = (file: string, changes: readonly YamlChange[]) =>
      writeFileAtomically(join(dir, file), changeYaml(inspected.texts.get(file)?.text ?? '', changes), fileMode);
    // The number of calls is not known until they are gone.
    if (cancelled.length > 0)
      await change(scenarioFile, [{ path: ['state'], value: 'recording' satisfies ScenarioState }]);
    for (const path of removed) removeFolder(join(dir, path));
    for (const [file, changes] of corrections) await change(file, changes);
    await change(scenarioFile, [
      { path: ['state'], value: state },
      { path: ['calls'], value: trimmed.calls },
      { path: ['unfinished'], value: [] },
    ]);
    return trimmed;
  } finally {
    release();
  }
}

async function correctionsOf(
  inspected: InspectedScenario,
  removed: readonly string[],
): Promise<ReadonlyMap<string, readonly YamlChange[]>> {
  const corrections = new Map<string, YamlChange[]>();
  for (const [file, step] of inspected.steps) {
    if (removed.includes(dirname(file))) continue;
    for (const { path, content } of contentsOf(step)) {
      if (content.file === undefined) continue;
      const bytes = await readContent({ dir: join(inspected.dir, dirname(file)) }, content);
      const sha256 = hashOf(bytes);
      if (content.sha256 === sha256) continue;
      const changes = corrections.get(file) ?? [];
      changes.push(
        { path: [...path, 'sha256'], value: sha256 },
        { path: [...path, 'bytes'], value: bytes.length + (content.left_out ?? 0) },
        { path: [...path, 'binary'], value: isUtf8(bytes) ? undefined : true },
      );
      corrections.set(file, changes);
    }
  }
  return corrections;
}
