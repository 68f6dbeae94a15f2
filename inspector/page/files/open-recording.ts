import { mostRecordingBytes } from '../../../src/domain/inspection.ts';
import { notify } from '../page-state.ts';
import { showRecording } from './show-recording.ts';

/** Asks for a file, and shows what was recorded in it. */
export function openRecording(): void {
  const chooser = document.createElement('input');
  chooser.type = 'file';
  chooser.accept = '.jsonl';
  chooser.addEventListener('change', () => {
    for (const file of chooser.files ?? []) void showFile(file);
  });
  chooser.click();
}

/** Shows a file that is dropped anywhere on the page. */
export function listenToDrops(): void {
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    for (const file of event.dataTransfer?.files ?? []) void showFile(file);
  });
}

/** Shows the recording that `maitred inspect FILE` was asked for, where it was. */
export async function showAskedRecording(): Promise<void> {
  // Where nobody answers, or who asks may not, the stream says so.
  const answer = await fetch('/recording').catch(() => null);
  const text = (await answer?.text().catch(() => null)) ?? null;
  if (text === null) return;
  if (answer?.status === 200) showRecording('recording', text);
  else if (answer?.status === 500) notify(text, { isError: true });
}

async function showFile(file: File): Promise<void> {
  const { name, size } = file;
  if (size > mostRecordingBytes) {
    notify(`${name} is larger than any recording that the window saves.`, { isError: true });
    return;
  }
  const text = await file.text().catch(() => null);
  if (text === null)
    notify(`${name} cannot be read: see that it is a file, and that you may read it.`, { isError: true });
  else showRecording(name, text);
}
