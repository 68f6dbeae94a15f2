import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, toFault } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { mostRecordingBytes } from '../../domain/inspection.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { within } from '../../domain/within.ts';
import { socketOf } from '../../services/inspection/socket-path.ts';
import { turnedAway, watchText } from '../../services/inspection/watch-server.ts';
import { cannotWrite } from '../../services/platform/cannot-write.ts';
import { errorCodeOf } from '../../services/platform/error-code.ts';
import type { CliHost } from '../cli-host.ts';
import { writeRemark } from '../report.ts';
import { recordingFormatVersion } from './recording-file.ts';

export interface SaveServerOptions {
  readonly folder: StateFolder;
  readonly server: ServerRecord;
  /** As the user gave it; it must not exist. */
  readonly file: string;
  /** No file becomes larger. */
  readonly mostBytes?: number;
}

/**
 * Ends a recording, which has this long to end with its server.
 * @throws AppError `unavailable` if not everything could be written; it was reported when it happened
 */
export type EndSaving = (patienceMs: number) => Promise<void>;

/**
 * Writes what a server sends to a new recording, as it comes, until the server ends.
 * @throws AppError `conflict` if the file exists, `unavailable` if it cannot be created
 */
export function saveServer(host: CliHost, { folder, server, file, mostBytes }: SaveServerOptions): EndSaving {
  const { serverId } = server;
  const recording = createRecordingFile(resolve(host.cwd(), file), serverId, mostBytes ?? mostRecordingBytes);
  const report = (text: string) => writeRemark(host, text);
  const ending = new AbortController();
  const save = async () => {
    let last = '';
    try {
      for await (const text of watchText(socketOf(folder, serverId), host.platform, ending.signal)) {
        recording.append(text);
        last = text;
      }
      report(ending.signal.aborted ? endedText(recording) : endOf(recording.path, last));
    } catch (problem) {
      report(toFault(problem).message);
      throw problem;
    } finally {
      recording.close();
    }
  };
  const whole = save();
  // The caller may ask much later.
  whole.catch(() => undefined);
  report(`recording server ${serverId} in ${recording.path}`);
  return async (patienceMs) => {
    await within(patienceMs, whole);
    ending.abort();
    await whole;
  };
}

/** @throws AppError `unavailable` if nothing has come */
function endOf(path: string, lastText: string): string {
  if (lastText === '') throw new AppError('unavailable', turnedAway, { details: { path } });
  const hasSaidBye = /(?:^|\n)\{"type":"maitred\.bye".*\n$/.test(lastText);
  return hasSaidBye
    ? `${path} is complete: the server has ended`
    : `${path} has what came until the server ended without giving a reason`;
}

const endedText = ({ path, messages }: RecordingFile) =>
  messages === 0
    ? `no message came: ${path} was not written`
    : `${path}: ${countText(messages, 'message')}; ended by you`;

interface RecordingFile {
  readonly path: string;
  readonly messages: number;
  /** Writes whole lines before it returns, so that the end of this process cuts none. @throws AppError `unavailable` */
  append(lines: string): void;
  /** A file without a message is removed. */
  close(): void;
}

function createRecordingFile(path: string, serverId: string, mostBytes: number): RecordingFile {
  const fd = create(path);
  let sizeBytes = 0;
  const write = (text: string) => {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (cause) {
      // A part of a line may have been written.
      ftruncateSync(fd, sizeBytes);
      throw cannotWrite(path, cause, 'and record into another file. It has what came before');
    }
    sizeBytes += bytes.length;
  };
  const header = { type: 'maitred.recording', formatVersion: recordingFormatVersion, savedAtMs: Date.now(), serverId };
  let hasHeader = false;
  let messages = 0;
  return {
    path,
    get messages() {
      return messages;
    },
    append(lines) {
      if (!hasHeader) write(`${encodeJson({ ...header, forgotten: 0 })}\n`);
      hasHeader = true;
      if (sizeBytes + lines.length > mostBytes)
        throw new AppError(
          'unavailable',
          `${path} is full: a recording has at most ${mostBytes / 1_048_576} MiB. It has what came before; record into another file`,
          { details: { path } },
        );
      write(lines);
      messages += lines.split('\n').length - 1;
    },
    close() {
      closeSync(fd);
      if (!hasHeader) rmSync(path, { force: true });
    },
  };
}

function create(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if (errorCodeOf(cause) !== 'EEXIST') throw cannotWrite(path, cause);
    throw new AppError('conflict', `${path} exists: choose another name, or remove it first`, {
      details: { path },
      cause,
    });
  }
}
