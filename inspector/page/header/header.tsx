import { openRecording } from '../files/open-recording.ts';
import { saveRecording } from '../files/save-recording.ts';
import { isHelpOpen, server } from '../page-state.ts';
import { ConnectionWords } from './connection-words.tsx';
import { PhaseBar } from './phase-bar.tsx';
import { ServerSelect } from './server-select.tsx';

/** Which server is looked at, how it is, and what can be done with its recording. */
export function Header() {
  return (
    <header class="header">
      <h1>maitred</h1>
      <ServerSelect />
      <PhaseBar />
      <ConnectionWords />
      <div class="actions">
        <button
          type="button"
          class="button"
          title="Save the recording (S)"
          disabled={server.value === null}
          onClick={saveRecording}
        >
          Save
        </button>
        <button type="button" class="button" title="Open a recording (O)" onClick={openRecording}>
          Open
        </button>
        <button
          type="button"
          class="button"
          title="Keys (?)"
          aria-label="Keys"
          onClick={() => {
            isHelpOpen.value = true;
          }}
        >
          ?
        </button>
      </div>
    </header>
  );
}
