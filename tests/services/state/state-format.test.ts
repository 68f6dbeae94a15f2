import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolderAt } from '../../../src/domain/state-folder.ts';
import { checkStateFormat, compareStateFormat } from '../../../src/services/state/state-format.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { boundUser, doInProcess, giveToBoundUser } from '../../support/bound-user.ts';

const aFolder = () => stateFolderAt(`${tempFolder()}/deep/state`);

function aFolderThatSays(text: string): ReturnType<typeof aFolder> {
  const folder = aFolder();
  mkdirSync(folder.dir, { recursive: true });
  writeFileSync(folder.formatFile, text);
  return folder;
}

describe('A state folder', () => {
  it('is made for the user only, with its format in it', () => {
    const folder = aFolder();
    checkStateFormat(folder);
    expect(readFileSync(folder.formatFile, 'utf8')).toBe('2\n');
    expect(statSync(folder.formatFile).mode & 0o777).toBe(0o600);
    expect(statSync(folder.dir).mode & 0o777).toBe(0o700);
  });

  it('is left as it is when it has the known format', () => {
    const folder = aFolderThatSays('2');
    checkStateFormat(folder);
    expect(readFileSync(folder.formatFile, 'utf8')).toBe('2');
  });

  it('gets its format when the server or the machine died that was to write it', () => {
    for (const text of ['', '\0\0']) {
      const folder = aFolderThatSays(text);
      compareStateFormat(folder);
      expect(readFileSync(folder.formatFile, 'utf8')).toBe(text);
      checkStateFormat(folder);
      expect(readFileSync(folder.formatFile, 'utf8')).toBe('2\n');
      expect(readdirSync(folder.dir)).toEqual(['format']);
    }
  });

  it('is not a folder with other files in it: maitred removes old files from a state folder', () => {
    const folder = aFolder();
    mkdirSync(`${folder.dir}/logs`, { recursive: true });
    writeFileSync(`${folder.dir}/notes.txt`, '');
    for (const check of [checkStateFormat, compareStateFormat])
      expect(() => check(folder)).toThrow(
        `${folder.dir} is not a state folder of maitred, and holds other files (notes.txt): set MAITRED_STATE_DIR to an empty folder, or to one that does not exist`,
      );
    expect(readdirSync(folder.dir)).toEqual(['logs', 'notes.txt']);
  });

  it('that has lost its format is still one', () => {
    const folder = aFolder();
    for (const name of ['logs', 'output', 'code', 'lost+found'])
      mkdirSync(`${folder.dir}/${name}`, { recursive: true });
    compareStateFormat(folder);
    checkStateFormat(folder);
    expect(readFileSync(folder.formatFile, 'utf8')).toBe('2\n');
  });

  it('gets its format at once: a reader never sees part of it, and a link to the old file keeps that', () => {
    const folder = aFolderThatSays('');
    linkSync(folder.formatFile, `${folder.dir}/old`);
    checkStateFormat(folder);
    expect(readFileSync(`${folder.dir}/old`, 'utf8')).toBe('');
  });

  it('of a newer format is in conflict, and the fix is an upgrade', () => {
    const folder = aFolderThatSays('3\n');
    expect(() => checkStateFormat(folder)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(() => checkStateFormat(folder)).toThrow(
      `${folder.formatFile} says 3; this maitred understands 2: upgrade maitred or set MAITRED_STATE_DIR to another folder`,
    );
    expect(readFileSync(folder.formatFile, 'utf8')).toBe('3\n');
  });

  it('of an older or unreadable format is in conflict, and the fix is another folder', () => {
    for (const [text, shown] of [
      ['1\n', '1'],
      ['one\n', '"one"'],
      ['-1', '"-1"'],
      ['1.5', '"1.5"'],
      ['\u001b[2J', '"\\u001b[2J"'],
      ['2\0', '"2\\u0000"'],
      ['\0'.repeat(64), `"${'\\u0000'.repeat(64)}"`],
    ]) {
      const folder = aFolderThatSays(text ?? '');
      expect(() => checkStateFormat(folder)).toThrow(expect.objectContaining({ code: 'conflict' }));
      expect(() => checkStateFormat(folder)).toThrow(
        `${folder.formatFile} says ${shown}; this maitred understands 2: move the folder away or set`,
      );
    }
  });

  it('that cannot be made or used is unavailable, with path and fix', () => {
    const file = `${tempFolder()}/file`;
    writeFileSync(file, '');
    const linked = aFolderThatSays('');
    rmSync(linked.formatFile);
    writeFileSync(`${linked.dir}/elsewhere`, '');
    symlinkSync(`${linked.dir}/elsewhere`, linked.formatFile);
    for (const folder of [stateFolderAt(file), stateFolderAt(`${file}/state`), linked]) {
      expect(() => checkStateFormat(folder)).toThrow(expect.objectContaining({ code: 'unavailable' }));
      expect(() => checkStateFormat(folder)).toThrow(/cannot be (read|written) \(E[A-Z]+\): give this user access/);
      expect(() => checkStateFormat(folder)).toThrow(folder.dir);
      expect(() => checkStateFormat(folder)).toThrow('MAITRED_STATE_DIR');
    }
    expect(readFileSync(`${linked.dir}/elsewhere`, 'utf8')).toBe('');
  });

  it('that may not be written is unavailable', () => {
    const folder = aFolderThatSays('2\n');
    giveToBoundUser(join(folder.dir, '../..'));
    chmodSync(folder.dir, 0o500);
    const { fault } = doInProcess('checkStateFormat', [folder.dir], boundUser);
    expect(fault).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${folder.dir} cannot be written (EACCES)`),
    });
    chmodSync(folder.dir, 0o700);
  });

  it('can be checked without being made', () => {
    const folder = aFolder();
    compareStateFormat(folder);
    expect(existsSync(folder.dir)).toBe(false);
    expect(() => compareStateFormat(aFolderThatSays('9'))).toThrow(expect.objectContaining({ code: 'conflict' }));
  });
});
