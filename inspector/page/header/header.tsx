import { openRecording } from '../files/open-recording.ts';
import { saveRecording } from '../files/save-recording.ts';
import { isHelpOpen, server } from '../page-state.ts';
import { ConnectionStatus } from './connection-status.tsx';
import { PhaseBar } from './phase-bar.tsx';
import { ServerSelect } from './server-select.tsx';

/** The choice of the server, its status, and the actions for its recording. */
export function Header() {
  return (
    <header class="header">
      <h1>maitred</h1>
      <ServerSelect />
      <PhaseBar />
      <ConnectionStatus />
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
          title="Keyboard shortcuts (?)"
          aria-label="Keyboard shortcuts"
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
