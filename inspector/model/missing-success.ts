import type { CallMessage, JsonMembers, SeenText } from '../../src/domain/inspection.ts';
import { contentText, isMembers, seenJson } from './seen-json.ts';

/** What a result that is not an error says of its success, if it has none: `exit 3`; null: it has some, or says nothing. */
export function missingSuccess({ tool, outcome, answer }: CallMessage): string | null {
  if (tool === null || outcome !== 'result' || answer === null || !sign.test(answer.text)) return null;
  const { passed, exit_code: exitCode, success } = resultIn(answer);
  if (passed === false || passed === null) return 'not passed';
  if (typeof exitCode === 'number' && exitCode !== 0) return `exit ${exitCode}`;
  return success === false ? 'no success' : null;
}

/** Without it, the answer is not parsed: there may be thousands. */
const sign = /(?:passed|success|exit_code)\\*" *: *(?:false|null|-?[1-9])/;

/** The object that a tool has answered, as structured content or as its first text. */
function resultIn(answer: SeenText): JsonMembers {
  const value = seenJson(answer);
  if (isMembers(value) && isMembers(value.structuredContent)) return value.structuredContent;
  const { isTruncated } = answer;
  const inner = seenJson({ text: contentText(answer), isTruncated });
  return isMembers(inner) ? inner : {};
}
