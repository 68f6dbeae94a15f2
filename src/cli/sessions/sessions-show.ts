import type { TokenUsage } from '../../domain/agent-session/agent-event.ts';
import type { SessionEvent } from '../../domain/agent-session/session-record.ts';
import type { SessionSummary } from '../../domain/agent-session/session-summary.schema.ts';
import { AppError } from '../../domain/app-error.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import { costText } from '../../domain/cost-text.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { printable } from '../../domain/printable-text.ts';
import type {
  SessionReader,
  SettledLogEntry,
  UnsettledSession,
} from '../../services/state/agent-sessions/read-sessions.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, type Paint, paintFor, row, titledBlock } from '../report.ts';
import { createEventLines } from './event-lines.ts';
import { findSession, nameOf, titleOf } from './find-session.ts';
import { readFigures, type SessionFigures, tokensText } from './session-figures.ts';
import { outcomeText, stateText, stepText, unsettledJson } from './session-state-text.ts';

/**
 * `maitred sessions show`. With JSON, `events` is all that it did.
 * @throws AppError as `findSession` and the reader do; `not_found` where its files have been removed
 */
export async function showSession(host: CliHost, reader: SessionReader, id: string, asJson: boolean): Promise<void> {
  const { signal } = new AbortController();
  const session = await findSession(reader, id, signal);
  const paint = paintFor(host);
  const summary = session.kind === 'settled' ? await summaryOf(reader, session) : null;
  const events: SessionEvent[] = [];
  const usages = new Map<string, TokenUsage>();
  const figures = await readFigures(reader.readEvents(session, signal), (event) => {
    events.push(event);
    if (event.type === 'usage') usages.set(event.messageId, event.usage);
  });
  if (asJson) {
    const facts = session.kind === 'unsettled' ? unsettledJson(session, figures.digest) : summary;
    const { writtenPaths } = figures.digest;
    host.stdout.write(
      jsonText({ written_paths: writtenPaths, ...facts, tools: Object.fromEntries(figures.tools), events }),
    );
    return;
  }
  const lines = events.flatMap(createEventLines(paint, usages));
  const head = session.kind === 'unsettled' ? unsettledRows(session, figures, paint) : settledRows(summary, paint);
  const files = titledBlock(
    paint,
    'files written',
    String(figures.digest.writtenPaths.length),
    summary?.written_paths ?? figures.digest.writtenPaths,
  );
  const tools = [...figures.tools].map(([name, calls]) => `${name}: ${countText(calls, 'call')}`);
  const did = lines.length === 0 ? '' : [`${paint('strong', 'what it did')}:`, ...lines, ''].join('\n');
  const blocks = [
    [`${paint('strong', printable(titleOf(session)))}: ${head[0]}`, ...head.slice(1), ''].join('\n'),
    titledBlock(paint, 'tools', countText(figures.digest.toolCalls, 'call'), tools),
    files,
    did,
  ];
  host.stdout.write(blocks.filter((block) => block !== '').join('\n'));
}

async function summaryOf(reader: SessionReader, session: SettledLogEntry): Promise<SessionSummary> {
  const summary = await reader.readSummary(session);
  if (summary !== null) return summary;
  const name = nameOf(session);
  throw new AppError('not_found', `the files of ${name} have been removed or are damaged; look in ${session.dir}`);
}

/** The state, and the rows below it. */
function unsettledRows(session: UnsettledSession, { digest }: SessionFigures, paint: Paint): readonly string[] {
  const { record, owner, isRecovered } = session;
  const isOwn = owner.isAlive && !isRecovered;
  return [
    stateText(session, paint),
    ...(record === null
      ? []
      : [
          ...(isOwn ? [row('waits for', record.waits_for)] : []),
          row('command', record.skill_command),
          row('agent', `${record.agent}${record.model === null ? '' : ` with ${record.model}`}`),
          row('in', record.cwd),
          ...stepRow(record),
          row('started', record.started_at),
        ]),
    row('server', `${owner.serverId}, ${owner.isAlive ? 'alive' : 'dead'}`),
    row('tokens', `${tokensText(digest.usage)}, in ${countText(digest.turns, 'turn')}`),
    costRow(digest.result?.costUsd ?? null),
    row('files', session.dir),
  ];
}

const endings: Readonly<Record<string, string>> = {
  exited: 'its process exited',
  completed: 'it had reported its result, and its process was ended',
  idle: 'it printed nothing for too long',
  stale: 'its log did not grow for too long',
  timedOut: 'its time was up',
  budget: 'its budget was spent',
  cancelled: 'it was cancelled',
  lostTools: 'it started without tools that it needs',
  notStarted: 'its process could not be started',
  hostDied: 'its server died',
};

function settledRows(summary: SessionSummary | null, paint: Paint): readonly string[] {
  if (summary === null) return [];
  const { ending, stop_reason, kill_reason, retry_reason, channel_confirmation, exit_code } = summary;
  const exitedAfterResult = ending === 'completed' && kill_reason === 'natural_exit';
  const confirmed = ['channel_a', 'channel_b'].includes(channel_confirmation);
  const ended = [
    exitedAfterResult ? 'it reported its result, and exited' : (endings[ending] ?? 'how it ended is not recorded'),
    ...(stop_reason === null ? [] : [stop_reason]),
    // -1 stands for none.
    ...(exit_code === null || exit_code === -1 ? [] : [`exit code ${exit_code}`]),
    ...(confirmed ? [`completion seen in ${channel_confirmation === 'channel_a' ? 'its output' : 'its log'}`] : []),
    ...(retry_reason === '' || retry_reason === 'none' ? [] : [`try again: ${retry_reason}`]),
  ];
  const seconds = (value: number | null) => durationText((value ?? 0) * 1_000);
  const paused = summary.paused_seconds ? `, and paused ${seconds(summary.paused_seconds)}` : '';
  return [
    outcomeText(summary, paint),
    row('ended', ended.join('; ')),
    row('command', summary.skill_command),
    row('agent', `${summary.agent}${summary.model === null ? '' : ` with ${summary.model}`}`),
    row('in', summary.cwd),
    ...stepRow(summary),
    row('started', summary.start_ts),
    row('took', `${seconds(summary.running_seconds)}${paused}`),
    row('tokens', `${tokensText(summary)}, in ${countText(summary.turns ?? 0, 'turn')}`),
    costRow(summary.cost_usd),
    ...memoryRow(summary),
    ...summary.remarks.map((remark) => row('remark', remark)),
    ...summary.write_path_warnings.map((warning) => row('warning', warning)),
    ...(summary.claude_code_log === null ? [] : [row('log', summary.claude_code_log)]),
  ];
}

const costRow = (costUsd: number | null) => row('cost', costUsd === null ? 'unknown' : costText(costUsd));

function memoryRow({ peak_rss_kb, anomaly_count }: SessionSummary): readonly string[] {
  if (peak_rss_kb === null) return [];
  const unusual = anomaly_count === 0 ? '' : `; anomalies.jsonl has ${countText(anomaly_count, 'line')}`;
  return [row('memory', `${bytesText(peak_rss_kb * 1_024)} at most${unusual}`)];
}

const stepRow = (step: Parameters<typeof stepText>[0]) => (stepText(step) === '' ? [] : [row('step', stepText(step))]);
