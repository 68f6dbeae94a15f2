import { chooseServer, server, servers } from '../page-state.ts';
import { nameOfServer } from './server-words.ts';

/** Which of the servers and files is looked at. */
export function ServerSelect() {
  const chosen = server.value;
  if (chosen === null) return null;
  return (
    <label class="server-select">
      <span class="for-readers">Server</span>
      <select value={chosen.id} onChange={(event) => chooseServer(event.currentTarget.value)}>
        {servers.value.map((each) => (
          <option key={each.id} value={each.id}>
            {nameOfServer(each)}
          </option>
        ))}
      </select>
    </label>
  );
}
