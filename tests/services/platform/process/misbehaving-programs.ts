import type { ProcessExit } from '../../../../src/domain/child-process.ts';
import { readProcess } from './read-processes.ts';

/** A misbehaving program, as a script for bash in an empty folder of its own. None lives longer than 100 s. */
export interface MisbehavingProgram {
  /** After "a program that". */
  readonly what: string;
  /** Writes `ready <pid>` when it is in its final state; with END=itself it ends then. */
  readonly script: string;
  /** How it ends by itself; absent where it does not. */
  readonly byItself?: ProcessExit;
  /** How it ends on SIGTERM, or on SIGKILL where it ignores that; absent where it ends before. */
  readonly onSignal?: ProcessExit;
  /** How many other processes are ended with it; absent where that is uncertain. */
  readonly others?: number;
  /** Whether its child has neither its session, nor a parent, nor a mark once it has ended: then the child must be found before. */
  readonly isChildLost?: boolean;
  /** Whether the process is in its final state, where it cannot write so itself. */
  isInFinalState?(pid: number): boolean;
}

const exitOf = (code: number): ProcessExit => ({ code, signal: null });
const deathBy = (signal: string): ProcessExit => ({ code: null, signal });

/** `stay` ends or lives on; `sleeper` writes to a pipe when it runs, and sleeps; `await_sleeper` waits for that. */
const prelude = `
mkfifo up
export sleeper='echo > up; exec sleep 100'
await_sleeper() { read -r _ < up; }
stay() { echo "ready $$"; [ "$END" = itself ] && exit 7; exec sleep 100; }
`;

/** Starts a new child for each that ends, twenty in all, and ends only on SIGKILL. */
const respawning = `exec perl -e '
  my @ignored = grep { !/^(KILL|STOP|CHLD|CLD|NUM\\d+|RTMIN|RTMAX)$/ && !/^__/ } keys %SIG;
  $SIG{$_} = "IGNORE" for @ignored;
  my $forks = 0;
  sub successor {
    return if $forks++ > 20 || fork;
    $SIG{$_} = "DEFAULT" for @ignored;
    exec "sleep", "100";
  }
  successor() for 1 .. 2;
  $| = 1;
  print "ready $$\\n";
  while (1) { waitpid(-1, 0) > 0 ? successor() : sleep 100 }
'`;

const withSleeper = (start: string) => ({ script: `${prelude} ${start}\nawait_sleeper; stay`, others: 1 });
const endsBothWays = { byItself: exitOf(7), onSignal: deathBy('SIGTERM') };

export const misbehavingPrograms: readonly MisbehavingProgram[] = [
  { what: 'never ends', script: `${prelude} stay`, onSignal: deathBy('SIGTERM'), others: 0 },
  { what: 'ends at once', script: 'exit 7', byItself: exitOf(7), others: 0 },
  {
    what: 'ignores SIGTERM',
    script: `trap '' TERM; ${prelude} stay`,
    onSignal: deathBy('SIGKILL'),
    others: 0,
  },
  {
    what: 'has children and grandchildren',
    script: `${prelude} bash -c 'sleep 100 & sleep 100 & echo > up; wait' & await_sleeper; stay`,
    ...endsBothWays,
    others: 3,
  },
  {
    what: 'has children that ignore SIGTERM',
    script: `${prelude} (trap '' TERM; exec bash -c "$sleeper") & await_sleeper; stay`,
    ...endsBothWays,
    others: 1,
  },
  { what: 'forks twice', ...withSleeper('( bash -c "$sleeper" & )'), ...endsBothWays },
  { what: 'has a child in a session of its own', ...withSleeper('setsid bash -c "$sleeper" &'), ...endsBothWays },
  { what: 'forks twice into a session of its own', ...withSleeper('( setsid bash -c "$sleeper" & )'), ...endsBothWays },
  {
    what: 'forks twice into a session of its own that ignores SIGTERM',
    ...withSleeper(`( trap '' TERM; setsid bash -c "$sleeper" & )`),
    ...endsBothWays,
  },
  {
    what: 'closes its output and keeps running',
    script: `exec 3>&1 >&- 2>&-; echo "ready $$" >&3; exec 3>&-; [ "$END" = itself ] && exit 7; exec sleep 100`,
    ...endsBothWays,
    others: 0,
  },
  {
    what: 'leaves its output open in another process',
    script: `${prelude} sleep 100 & stay`,
    ...endsBothWays,
    others: 1,
  },
  { what: 'dies of SIGSEGV', script: 'ulimit -c 0; kill -SEGV $$', byItself: deathBy('SIGSEGV'), others: 0 },
  {
    what: 'stops itself',
    script: 'echo "ready $$"; kill -STOP $$; exec sleep 100',
    onSignal: deathBy('SIGTERM'),
    others: 0,
    isInFinalState: (pid) => readProcess(pid)?.state === 'T',
  },
  {
    what: 'writes its title over its environment, in perl',
    script: `exec perl -e '$| = 1; $0 = "x" x 4000; print "ready $$\\n"; exit 7 if $ENV{END} eq "itself"; sleep 100'`,
    ...endsBothWays,
    others: 0,
    isInFinalState: (pid) => readProcess(pid)?.mark === '',
  },
  {
    what: 'forks twice, and the grandchild writes its title over its environment',
    ...withSleeper(`( perl -e '$0 = "x" x 4000; open my $up, ">", "up"; print $up "\\n"; close $up; sleep 100' & )`),
    ...endsBothWays,
  },
  {
    what: 'gives itself a long title, in Node',
    script: `exec "$NODE" -e '
      process.title = "x".repeat(4000);
      console.log("ready", process.pid);
      process.env.END === "itself" ? process.exit(7) : setInterval(() => {}, 1e6);'`,
    ...endsBothWays,
    others: 0,
  },
  {
    what: 'forks twice, and the grandchild has no environment',
    ...withSleeper('( env -i sleeper="$sleeper" bash -c "$sleeper" & )'),
    ...endsBothWays,
  },
  {
    what: 'has a child without environment in a session of its own',
    ...withSleeper('setsid env -i bash -c "$sleeper" &'),
    isChildLost: true,
    onSignal: deathBy('SIGTERM'),
  },
  {
    what: 'has a child in a group of its own',
    ...withSleeper('set -m; bash -c "$sleeper" & set +m'),
    ...endsBothWays,
  },
  {
    what: 'answers SIGTERM by starting another one in a session of its own',
    script: `trap '( setsid sleep 100 & ); exit 9' TERM; sleep 100 & echo "ready $$"; wait`,
    onSignal: exitOf(9),
  },
  { what: 'ignores every signal and replaces each child that ends', script: respawning, onSignal: deathBy('SIGKILL') },
  {
    what: 'writes without end',
    script: 'echo "ready $$"; while :; do head -c 65536 /dev/zero; done',
    onSignal: deathBy('SIGTERM'),
  },
];
