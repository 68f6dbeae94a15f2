import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tempFolder } from '../../doubles/temp-folder.ts';

const zeros = '0'.repeat(16);

export interface ShownProcess {
  readonly comm?: string;
  readonly state?: string;
  readonly startTicks?: number;
  readonly cpuTicks?: number;
  readonly status?: Readonly<Record<string, string>>;
  /** Texts of files; null: the file cannot be read. */
  readonly files?: Readonly<Record<string, string | null>>;
}

/** A folder like `/proc`, in which a test puts processes. @param self the pid that it shows for this process */
export function aProcFolder(self = process.pid) {
  const dir = tempFolder();
  symlinkSync(String(self), `${dir}/self`);
  const remove = (pid: number) => rmSync(`${dir}/${pid}`, { recursive: true, force: true });
  return {
    dir,
    remove,
    show(pid: number, shown: ShownProcess = {}) {
      const { comm = 'claude', state = 'S (sleeping)', startTicks = 4_711, cpuTicks = 100 } = shown;
      const fields: (string | number)[] = [state.charAt(0), ...Array<number>(49).fill(0)];
      fields[11] = cpuTicks - 20;
      fields[12] = 20;
      fields[17] = 9;
      fields[19] = startTicks;
      const status: Readonly<Record<string, string>> = {
        State: state,
        VmRSS: '   200000 kB',
        SigPnd: zeros,
        ShdPnd: zeros,
        SigBlk: zeros,
        SigCgt: '000000017381ee37',
        voluntary_ctxt_switches: '40',
        nonvoluntary_ctxt_switches: '4',
        ...shown.status,
      };
      const files: Readonly<Record<string, string | null>> = {
        stat: `${pid} (${comm}) ${fields.join(' ')}`,
        status: Object.entries(status)
          .map(([name, text]) => `${name}:\t${text}\n`)
          .join(''),
        limits:
          'Limit                     Soft Limit           Hard Limit           Units\nMax open files            10240                524288               files\n',
        oom_score: '670\n',
        wchan: 'do_epoll_wait',
        ...shown.files,
      };
      remove(pid);
      mkdirSync(`${dir}/${pid}/fd`, { recursive: true });
      for (const [name, text] of Object.entries(files)) if (text !== null) writeFileSync(`${dir}/${pid}/${name}`, text);
    },
  };
}
