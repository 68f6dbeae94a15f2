import { render } from 'preact';
import { listenToDrops, showAskedRecording } from './files/open-recording.ts';
import { listenToKeys } from './keyboard/listen-to-keys.ts';
import { chosenServerId, isNarrow } from './page-state.ts';
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

render(<Shell />, document.body);
listenToKeys();
listenToDrops();
watchServers();
void showAskedRecording();
