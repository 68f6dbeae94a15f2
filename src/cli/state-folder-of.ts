import { resolve } from 'node:path';
import type { ServerRecord } from '../domain/server-record.ts';
import { type StateFolder, stateDirFrom, stateFolderAt } from '../domain/state-folder.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import {
  createServerRecordReader,
  isServerAlive,
  type ServerRecordReader,
} from '../services/state/server-records/server-record-reader.ts';
import type { CliHost } from './cli-host.ts';

/** This user's state folder. @throws AppError as `stateDirFrom` does */
export const stateFolderOf = ({ env, homeDir }: Pick<CliHost, 'env' | 'homeDir'>): StateFolder =>
  stateFolderAt(resolve(stateDirFrom(env, homeDir)));

export const serverRecordsIn = (folder: StateFolder): ServerRecordReader =>
  createServerRecordReader({ folder, ownUid: readOwnUid() });

/** The records of the servers whose process runs, in order of start. @throws AppError `unavailable` if they cannot be read */
export const runningServersIn = (folder: StateFolder): readonly ServerRecord[] =>
  serverRecordsIn(folder).list().records.filter(isServerAlive);
