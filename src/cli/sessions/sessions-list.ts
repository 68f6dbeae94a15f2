import { costText } from '../../domain/cost-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { printable } from '../../domain/printable-text.ts';
import type {
  SessionReader,
  SettledLogEntry,
  UnsettledSession,
} from '../../services/state/agent-sessions/read-sessions.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, type Paint, paintFor } from '../report.ts';
import { readSessions, titleOf } from './find-session.ts';
import { readFigures, type SessionFigures, tokensText } from './session-figures.ts';
import { agentText, outcomeText, sinceMs, stateText, stepText, unsettledJson } from './session-state-text.ts';

/** `maitred sessions list`. @throws AppError as the reader does */
export async function listSessions(
  host: CliHost,
  reader: SessionReader,
  { limit, asJson }: { readonly limit: number; readonly asJson: boolean },
): Promise<void> {
  const { signal } = new AbortController();
  const { unsettled, settled } = await readSessions(reader, limit, signal);
  const paint = paintFor(host);
  const running: { session: UnsettledSession; figures: SessionFigures }[] = [];
  for (const session of unsettled)
    running.push({ session, figures: await readFigures(reader.readEvents(session, signal)) });
  if (asJson) {
    const json = {
      running: running.map(({ session, figures }) => unsettledJson(session, figures.digest)),
      settled: settled.map(({ entry }) => entry),
    };
    host.stdout.write(jsonText(json));
    return;
  }
  const texts = [
    ...running.map(({ session, figures }) => unsettledText(session, figures, paint)),
    ...settled.map((session) => settledText(session, paint)),
  ];
  host.stdout.write(texts.join('') || 'No agent session has run. The tool run_skill starts one.\n');
}

function unsettledText(session: UnsettledSession, { digest }: SessionFigures, paint: Paint): string {
  const { record, owner, isRecovered } = session;
  const isOwn = owner.isAlive && !isRecovered;
  const facts = [
    ...(isOwn && record !== null ? [`waits for ${record.waits_for}`] : []),
    ...(record === null
      ? []
      : [record.skill_command, [stepText(record), agentText(record)].filter(Boolean).join('; ')]),
    [
      `server ${owner.serverId}, ${owner.isAlive ? 'alive' : 'dead'}`,
      ...(record === null ? [] : [`started ${durationText(sinceMs(record.started_at))} ago`]),
      `${tokensText(digest.usage)}, ${costText(digest.result?.costUsd ?? null)}`,
    ].join('; '),
  ];
  return block(paint('strong', printable(titleOf(session))), stateText(session, paint), facts);
}

function settledText(session: SettledLogEntry, paint: Paint): string {
  const { entry } = session;
  const took = entry.elapsed_seconds === null ? [] : [`took ${durationText(entry.elapsed_seconds * 1_000)}`];
  const facts = [
    entry.skill_command,
    [stepText(entry), agentText(entry)].filter(Boolean).join('; '),
    [...took, `${tokensText(entry)}, ${costText(entry.cost_usd)}`].join('; '),
  ];
  const ended = `${outcomeText(entry, paint)} ${durationText(sinceMs(entry.timestamp))} ago`;
  return block(paint('strong', printable(titleOf(session))), ended, facts);
}

const block = (name: string, state: string, facts: readonly string[]): string =>
  [`${name}: ${state}`, ...facts.filter(Boolean).map((fact) => `  ${printable(fact)}`), ''].join('\n');
