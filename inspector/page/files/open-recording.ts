import { mostRecordingBytes } from '../../../src/domain/inspection.ts';
import { notify } from '../widgets/notify.ts';
import { showRecording } from './show-recording.ts';

/** Lets the user choose a recording, and shows it. */
export function openRecording(): void {
  const chooser = document.createElement('input');
  chooser.type = 'file';
  chooser.accept = '.jsonl';
  chooser.addEventListener('change', () => {
    void showFiles([...(chooser.files ?? [])]);
  });
  chooser.click();
}

/** Shows files that are dropped anywhere on the page. */
export function listenToDrops(): void {
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    void showFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

/** Shows the recording of `maitred inspect FILE`, if there is one. */
export async function showRequestedRecording(): Promise<void> {
  // The stream reports a missing server or access.
  const answer = await fetch('/recording').catch(() => null);
  if (answer?.status === 200 && answer.body !== null) await showRecording(nameOf(answer), answer.body);
  else if (answer?.status === 500) notify(await answer.text(), { isError: true });
}

function nameOf({ headers }: Response): string {
  const [, name] = /filename\*=UTF-8''(\S+)$/.exec(headers.get('content-disposition') ?? '') ?? [];
  return name === undefined ? 'recording' : decodeURIComponent(name);
}

async function showFiles(files: readonly File[]): Promise<void> {
  for (const file of files) await showFile(file);
}

async function showFile(file: File): Promise<void> {
  if (file.size > mostRecordingBytes) notify(`${file.name} is too large to be a recording.`, { isError: true });
  else await showRecording(file.name, file.stream());
}
