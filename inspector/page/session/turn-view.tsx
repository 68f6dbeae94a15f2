import { useSignal } from '@preact/signals';
import { clockText } from '../../../src/domain/clock-text.ts';
import { digitsText } from '../../../src/domain/count-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import { statusWords } from '../../model/describe-call.ts';
import { callMs, inputText, resultText, tokensText, turnMs } from '../../model/describe-session.ts';
import { diffJson } from '../../model/diff-json.ts';
import { seenJson } from '../../model/seen-json.ts';
import type { ToolCallStatus, Turn, TurnCall } from '../../model/session-timeline.ts';
import type { SeenPart } from '../../model/session-values.ts';
import { CallSign } from '../calls/call-sign.tsx';
import { ValueTree } from '../context/value-tree.tsx';
import { PartText } from './part-text.tsx';
import { isRunning, shownAtMs } from './shown-session.ts';

/** An answer of the model: its texts, its tool calls with their results, its tokens and how long it took. */
export function TurnView({ turn }: { readonly turn: Turn }) {
  const { number, fromMs, parts, tokens } = turn;
  const used = tokens === null ? '' : tokensText(tokens);
  const ms = turnMs(turn, shownAtMs.value);
  const facts = [clockText(fromMs), ...(ms < 1 ? [] : [durationText(ms)]), ...(used === '' ? [] : [used])];
  return (
    <>
      <h3>
        Turn {number} <span class="quiet">{facts.join(' · ')}</span>
      </h3>
      {parts.map((part) =>
        part.kind === 'text' ? <PartText key={part.key} part={part.text} /> : <ToolCall key={part.key} call={part} />,
      )}
    </>
  );
}

/** A tool call: on one line what was asked and what came back; opened, all of both that is known. */
function ToolCall({ call }: { readonly call: TurnCall }) {
  const isOpen = useSignal(false);
  const { name, input, result } = call;
  // Its server may be gone, and reported no end.
  const status: ToolCallStatus = call.status === 'running' && !isRunning.value ? 'unanswered' : call.status;
  const ms = callMs(call, shownAtMs.value);
  return (
    <details
      class={`tool-call ${status}`}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        <CallSign status={status} />
        <b>{name}</b> <span class="quiet">{inputText(call)}</span>{' '}
        <span class="facts">
          <span class={status === 'ok' ? 'for-readers' : 'status'}>{statusWords[status]}</span>{' '}
          {ms === null || status === 'unanswered' ? '' : durationText(ms)}
        </span>
        {isOpen.value || result === null ? null : <span class="result quiet">{resultText(result.text)}</span>}
      </summary>
      {isOpen.value ? (
        <div class="values">
          {input === null ? null : (
            <>
              <h4>Input</h4>
              <ValueTree label={`Input of ${name}`} root={diffJson(input, input)} />
            </>
          )}
          {result === null ? null : <Result name={name} text={result.text} />}
        </div>
      ) : null}
    </details>
  );
}

function Result({ name, text: { text, length } }: { readonly name: string; readonly text: SeenPart }) {
  const isTruncated = length > text.length;
  const value = seenJson({ text, isTruncated });
  return (
    <>
      <h4>
        Result{' '}
        {isTruncated ? (
          <span class="quiet">
            the first {digitsText(text.length)} of {digitsText(length)} characters
          </span>
        ) : null}
      </h4>
      {typeof value === 'object' && value !== null ? (
        <ValueTree label={`Result of ${name}`} root={diffJson(value, value)} />
      ) : (
        <pre>{text}</pre>
      )}
    </>
  );
}
