import { useLayoutEffect } from 'preact/hooks';
import { bytesText } from '../../../src/domain/bytes-text.ts';
import { clockText } from '../../../src/domain/clock-text.ts';
import { countText } from '../../../src/domain/count-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import type { Json, SeenText } from '../../../src/domain/inspection.ts';
import { shortName } from '../../../src/domain/short-name.ts';
import { describeStatus } from '../../model/actor-status.ts';
import { answerValue, callName, describePending, ranMs, statusText, waitedMs } from '../../model/describe-call.ts';
import { isSession } from '../../model/describe-session.ts';
import { diffJson } from '../../model/diff-json.ts';
import { formatValue } from '../../model/format-value.ts';
import type { CallAt } from '../../model/recording.ts';
import { contentText, seenJson } from '../../model/seen-json.ts';
import { ValueTree } from '../context/value-tree.tsx';
import { actors, chooseActor, isHelpOpen, isNarrow, moment, server, view } from '../page-state.ts';
import { CallSign } from './call-sign.tsx';
import { shownAtMs } from './shown-calls.ts';

export interface CallDetailsProps {
  readonly call: CallAt;
  readonly onClose: () => void;
}

/** A call with its whole request and answer, its progress, the actors that it started, and its lines of the log. */
export function CallDetails({ call, onClose }: CallDetailsProps) {
  const { message, status } = call;
  const { tool, request, answer, outcome } = message;
  // Before the next key, not after the next frame.
  useLayoutEffect(() => {
    const onKeyDown = ({ key, target }: KeyboardEvent) => {
      if (key === 'Escape' && !(target instanceof HTMLInputElement) && !isHelpOpen.value) onClose();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [onClose]);
  return (
    <section class="details" aria-label="Chosen call">
      <div class="details-head">
        <h2>{callName(message)}</h2>
        <span class={`status ${status}`}>
          <CallSign status={status} /> {statusText(call)}
        </span>
        <span class="quiet">{factsOf(call).join(' · ')}</span>
        <button type="button" class="plain" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </div>
      <Remark text={describePending(call)} />
      <Remark text={progressOf(call)} />
      <Content name={tool === null ? 'Parameters' : 'Arguments'} text={request} value={seenJson(request)} />
      {answer === null ? null : (
        <Content name={outcome === 'error' ? 'Error' : 'Result'} text={answer} value={answerValue(answer)} />
      )}
      <Started number={message.number} />
      <LogLines number={message.number} />
    </section>
  );
}

function factsOf(call: CallAt): string[] {
  const { requestId, arrivedAtMs } = call.message;
  const [waited, ran] = [waitedMs(call, shownAtMs.value), ranMs(call, shownAtMs.value)];
  return [
    `id ${requestId}`,
    `arrived at ${clockText(arrivedAtMs)}`,
    ...(waited === null ? [] : [`waited ${durationText(waited)}`]),
    ...(ran === null ? [] : [`ran ${durationText(ran)}`]),
  ];
}

function progressOf({ message: { progressCount, progress } }: CallAt): string | null {
  if (progressCount === 0) return null;
  const newest = progress === null ? '' : `, the newest: ${progress}`;
  return `${countText(progressCount, 'progress message')}${newest}`;
}

const Remark = ({ text }: { readonly text: string | null }) => (text === null ? null : <p>{text}</p>);

interface ContentProps {
  readonly name: string;
  readonly text: SeenText;
  /** undefined: it is shown as text. */
  readonly value: Json | undefined;
}

function Content({ name, text, value }: ContentProps) {
  const { sizeBytes, isTruncated } = text;
  return (
    <>
      <h3>
        {name}{' '}
        <span class="quiet">{isTruncated ? `the beginning of ${bytesText(sizeBytes)}` : bytesText(sizeBytes)}</span>
      </h3>
      {value === undefined ? (
        <pre>{contentText(text)}</pre>
      ) : (
        <ValueTree key={name} label={name} root={diffJson(value, value)} />
      )}
    </>
  );
}

/** The processes and charts that the call started. */
function Started({ number }: { readonly number: number }) {
  const started = actors.value.filter(({ call }) => call === number);
  if (started.length === 0) return null;
  return (
    <>
      <h3>Started</h3>
      <ul class="started">
        {started.map((actor) => (
          <li key={actor.sessionId}>
            <button
              type="button"
              class="button"
              onClick={() => {
                chooseActor(server.value?.id ?? '', actor.sessionId);
                if (isSession(actor)) view.value = 'session';
                else if (isNarrow.value) view.value = 'chart';
              }}
            >
              <span class={`sign ${actor.kind} ${actor.snapshot.snapshot.status}`} aria-hidden="true" />
              {shortName(actor.name)}, {describeStatus(actor.snapshot)}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function LogLines({ number }: { readonly number: number }) {
  const lines = server.value?.recording.logOfCall(number, moment.value) ?? [];
  if (lines.length === 0) return null;
  return (
    <>
      <h3>Log</h3>
      <ol>
        {lines.map(({ position, atMs, message: { level, event, fields } }) => (
          <li key={position}>
            <span class="quiet">{clockText(atMs)}</span> <b class={level === 'ERROR' ? 'failed' : undefined}>{level}</b>{' '}
            {event} <span class="quiet">{formatValue(fields, mostShown)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** Of the fields of a line. */
const mostShown = 400;
