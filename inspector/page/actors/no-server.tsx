import { openRecording } from '../files/open-recording.ts';
import { connection } from '../page-state.ts';

/** What to do while no server runs. */
export function NoServer() {
  if (connection.value.kind !== 'open') return null;
  return (
    <div class="no-server">
      <h2>No servers yet</h2>
      <p>
        Start a client that uses maitred, or run <code>maitred serve --inspect</code> in a project. New servers appear
        here.
      </p>
      <p>
        To view a recording instead:{' '}
        <button type="button" class="button" onClick={openRecording}>
          Choose a file
        </button>
      </p>
    </div>
  );
}
