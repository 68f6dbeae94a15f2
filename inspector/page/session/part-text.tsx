import { useSignal } from '@preact/signals';
import { digitsText } from '../../../src/domain/count-text.ts';
import type { SeenPart } from '../../model/session-values.ts';

/** A longer one starts collapsed. */
const mostLines = 12;
const mostCharacters = 900;

/** A text as it is; a long one is collapsed until it is opened. */
export function PartText({ part }: { readonly part: SeenPart }) {
  const isOpen = useSignal(false);
  const { text } = part;
  if (text.length <= mostCharacters && text.split('\n').length <= mostLines) return <Whole part={part} />;
  return (
    <details
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{isOpen.value ? <span class="quiet">Collapse</span> : <span class="said clamped">{text}</span>}</summary>
      {isOpen.value ? <Whole part={part} /> : null}
    </details>
  );
}

function Whole({ part: { text, length } }: { readonly part: SeenPart }) {
  return (
    <>
      <p class="said">{text}</p>
      {length > text.length ? (
        <p class="quiet">
          The first {digitsText(text.length)} of {digitsText(length)} characters.
        </p>
      ) : null}
    </>
  );
}
