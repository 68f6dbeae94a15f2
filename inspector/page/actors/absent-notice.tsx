import { shortName } from '../../../src/domain/short-name.ts';
import type { ActorAt } from '../../model/recording.ts';
import { absentActor, goTo } from '../page-state.ts';

/** Says that the chosen actor does not exist at the moment, and which one is shown instead. */
export function AbsentNotice({ shown }: { readonly shown: ActorAt }) {
  const absent = absentActor.value;
  if (absent === null) return null;
  const { name, began, ancestorId } = absent;
  const why = began === null ? `The messages of ${name} are no longer kept.` : `${name} does not exist yet.`;
  return (
    <p class="absent" role="status">
      <span>
        {why} This is {shortName(shown.name)}
        {shown.sessionId === ancestorId ? ', which started it later' : ''}.
      </span>
      {began === null ? null : (
        <button type="button" class="button" onClick={() => goTo(began)}>
          Go to where it began
        </button>
      )}
    </p>
  );
}
