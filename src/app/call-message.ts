import { asciiJson } from '../domain/encode-json.ts';
import { findMember } from '../domain/find-member.ts';
import type { CallMessage } from '../domain/inspection.ts';
import type { KeptCall, KeptText } from '../front/call-log.ts';
import type { ReadableCopyDeps } from '../services/inspection/copy-readably.ts';
import { createTextCopier } from '../services/inspection/copy-text.ts';
import { readKeptText } from './read-kept-text.ts';

/** Of a name, an id, and the text of a progress notification, in characters. */
const longestName = 200;
const longestProgress = 1_000;

/** Makes the line that shows a call as it is now. @param id of the message; null: it describes a call from before */
export type CallLines = (call: KeptCall, id: number | null) => string;

export function createCallLines({ redact, secrets }: Pick<ReadableCopyDeps, 'redact' | 'secrets'>): CallLines {
  const texts = createTextCopier(redact, secrets);
  const name = (text: string) => texts.truncate(text, longestName).value;

  return (call, id) => {
    const { number, method, tool, id: requestId, arrivedAtMs, ranAtMs, answeredAtMs, outcome, waitsFor } = call;
    const { progressCount, progress, request, answer } = call;
    return asciiJson({
      type: 'maitred.call',
      createdAt: String(id === null ? (answeredAtMs ?? ranAtMs ?? arrivedAtMs) : Date.now()),
      id: id === null ? null : String(id),
      number,
      method: name(method),
      tool: tool === null ? null : name(tool),
      requestId: typeof requestId === 'string' ? name(requestId) : requestId,
      arrivedAtMs,
      ranAtMs,
      answeredAtMs,
      outcome,
      waitsFor: waitsFor === null ? null : waitsFor.map(name),
      progressCount,
      progress: progress === null ? null : texts.truncate(progress.beginning, longestProgress, progress.isWhole).value,
      request: readKeptText(inputOf(request, tool !== null), texts),
      answer: answer === null ? null : readKeptText(outputOf(answer), texts),
    } satisfies CallMessage);
  };
}

const noInput: KeptText = { beginning: '{}', isWhole: true, sizeBytes: 2 };

/** The params of a request, or the arguments in them. */
function inputOf(request: KeptText, isCall: boolean): KeptText {
  const params = memberOf(request, 'params');
  if (!isCall || params === null) return params ?? noInput;
  return memberOf(params, 'arguments') ?? noInput;
}

const outputOf = (answer: KeptText): KeptText => memberOf(answer, 'result') ?? memberOf(answer, 'error') ?? answer;

function memberOf({ beginning, isWhole, sizeBytes }: KeptText, name: string): KeptText | null {
  const range = findMember(beginning, name);
  if (range === null) return null;
  const { start, end } = range;
  const member = beginning.slice(start, end);
  const memberIsWhole = isWhole || end < beginning.length;
  // The little that follows the member in the whole text is counted too.
  const bytes = memberIsWhole ? Buffer.byteLength(member) : sizeBytes - Buffer.byteLength(beginning.slice(0, start));
  return { beginning: member, isWhole: memberIsWhole, sizeBytes: bytes };
}
