import { recordingFileName, writeRecording } from '../../model/write-recording.ts';
import { server } from '../page-state.ts';
import { notify } from '../widgets/notify.ts';

/** Downloads the recording of the server as a file. */
export function saveRecording(): void {
  const shown = server.value;
  if (shown === null) return;
  const file = new Blob([...writeRecording(shown.recording)], { type: 'application/jsonl' });
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = recordingFileName(shown.recording.hello?.projectDir ?? null, new Date());
  link.click();
  URL.revokeObjectURL(url);
  notify(`Saved as ${link.download}.`);
}
