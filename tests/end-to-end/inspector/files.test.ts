import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openTab } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { type InspectorPage, inspectorPage } from '../../support/inspector-page.ts';
import { openScene } from '../../support/open-scene.ts';
import { aWorld } from '../../support/spawned-server.ts';

const patience = { timeout: 20_000 };

/** A file that the user chooses. */
interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const aFile = (name: string, text: string): ChosenFile => ({
  name,
  mimeType: 'application/jsonl',
  buffer: Buffer.from(text),
});

/** Presses a button that lets the user choose a file, and chooses one. */
async function choose({ page }: InspectorPage, button: string, file: string | ChosenFile): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button }).click();
  await (await choosing).setFiles(file);
}

const aHeader = '{"type":"maitred.recording","formatVersion":1,"savedAtMs":0,"serverId":"a","forgotten":0}\n';

it('An inspector without a server shows how to start one, and opens a recording that is chosen or dropped; what cannot be read is told in a sentence that can be dismissed', async () => {
  const { link } = await anInspector(aWorld());
  const seen = inspectorPage((await openTab(link)).page);
  const { page } = seen;
  const notice = (file: string) => page.getByRole('alert').filter({ hasText: file });
  await seen.untilShown('No server is running');
  await page.getByRole('heading', { name: 'No servers yet' }).waitFor();
  await page.getByText('maitred serve --inspect').waitFor();
  await choose(seen, 'Choose a file', aFile('noise.jsonl', 'not a recording\n'));
  await notice('noise.jsonl').getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(() => notice('noise.jsonl').count(), patience).toBe(0);

  await choose(seen, 'Choose a file', aRecording('lifecycle'));
  await seen.untilActive('stopped');
  expect(await page.getByRole('heading', { name: 'No servers yet' }).count()).toBe(0);

  await choose(seen, 'Open', aFile('broken.jsonl', `${aHeader}{"type":\n{}\n`));
  await notice('broken.jsonl').waitFor();
  await seen.untilActive();

  const text = JSON.stringify(readFileSync(aRecording('lifecycle'), 'utf8'));
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${text}], 'dropped.jsonl'));
    return transfer;
  })()`);
  await page.dispatchEvent('body', 'drop', { dataTransfer });
  await seen.untilActive('stopped');
});

it('The chosen one of two recordings is shown, at its end', async () => {
  const seen = await openScene('lifecycle');
  await seen.goTo(3);
  await choose(seen, 'Open', aRecording('parallel-init'));
  const shown = seen.page.getByRole('combobox', { name: 'Server' });
  await expect
    .poll(() => shown.locator('option').allInnerTexts(), patience)
    .toEqual(['lifecycle.jsonl', 'parallel-init.jsonl']);
  expect(await seen.isLive()).toBe(true);
  await seen.goTo(3);
  await shown.selectOption('lifecycle.jsonl');
  await seen.untilActive('stopped');
  expect(await seen.isLive()).toBe(true);
});

it('A chart that cannot be drawn is explained in a sentence, and the rest is shown', async () => {
  const seen = await openScene('lifecycle');
  const whom = {
    createdAt: '0',
    id: '0',
    sessionId: 'a.x:0',
    rootId: 'a.x:0',
    name: 'odd',
    kind: 'machine',
    src: null,
  };
  const actor = { type: '@xstate.actor', ...whom, definition: '{"states":7}', snapshot: { status: 'active' } };
  await choose(seen, 'Open', aFile('odd.jsonl', `${aHeader}${JSON.stringify(actor)}\n`));
  await seen.page.getByText('This chart cannot be drawn').waitFor();
  expect(await seen.actor(/^odd$/).count()).toBe(1);
});
