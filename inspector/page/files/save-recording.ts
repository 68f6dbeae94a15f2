import { recordingFileName } from '../../model/recording-file-name.ts';
import { writeRecording } from '../../model/write-recording.ts';
import { server } from '../page-state.ts';
import { notify } from '../parts/notify.ts';

/** Gives the browser everything that the page knows of the server, as a file. */
export function saveRecording(): void {
  const of = server.value;
  if (of === null) return;
  const file = new Blob([...writeRecording(of.recording)], { type: 'application/jsonl' });
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = recordingFileName(of.recording.hello?.projectDir ?? null, new Date());
  link.click();
  URL.revokeObjectURL(url);
  notify(`Saved as ${link.download}.`);
}
