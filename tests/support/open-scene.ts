import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import type { SceneName } from '../fixtures/write-recording.ts';
import { openTab, type TabOptions, theBrowser } from './a-browser.ts';
import { aRecording } from './a-recording.ts';
import { atWorkerExit } from './at-worker-exit.ts';
import { type InspectorPage, inspectorPage } from './inspector-page.ts';
import { type RunningInspector, startInspector } from './start-inspector.ts';

/** Opens the recording of a scene, at its end. */
export async function openScene(scene: SceneName, options?: TabOptions): Promise<InspectorPage> {
  await theBrowser();
  const { page } = await openTab(await linkTo(scene), options);
  await page.locator('[data-state].active').first().waitFor();
  return inspectorPage(page);
}

const inspectors = new Map<SceneName, Promise<RunningInspector>>();

/** One inspector for all tests of a worker that open the scene: pages change nothing in it. It is killed when the worker exits. */
async function linkTo(scene: SceneName): Promise<string> {
  const inspector = inspectors.get(scene) ?? inspectScene(scene);
  inspectors.set(scene, inspector);
  return (await inspector).link;
}

async function inspectScene(scene: SceneName): Promise<RunningInspector> {
  const file = aRecording(scene);
  const cwd = dirname(file);
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, MAITRED_STATE_DIR: join(cwd, 'state') };
  const program = join(inject('programDir'), 'maitred.js');
  const inspector = await startInspector({ program, cwd, env, args: [file] });
  atWorkerExit(() => inspector.kill());
  return inspector;
}
