import { effect } from '@preact/signals';
import { render } from 'preact';
import { listenToDrops, showAskedRecording } from './files/open-recording.ts';
import { nameOfServer } from './header/server-words.ts';
import { listenToKeys } from './keyboard/listen-to-keys.ts';
import { chosenServerId, isNarrow, server } from './page-state.ts';
import { Shell } from './shell.tsx';
import { watchServers } from './stream/watch-servers.ts';

const narrow = matchMedia('(max-width: 860px)');
const fitPage = () => {
  isNarrow.value = narrow.matches;
};
narrow.addEventListener('change', fitPage);
fitPage();

/** `maitred inspect --server ID` says it so. */
chosenServerId.value = new URLSearchParams(location.hash.slice(1)).get('server');

effect(() => {
  const shown = server.value;
  document.title = shown === null ? 'maitred inspect' : `${nameOfServer(shown)} – maitred inspect`;
});

render(<Shell />, document.body);
listenToKeys();
listenToDrops();
watchServers();
void showAskedRecording();
