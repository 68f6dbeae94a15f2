import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldJournal, type RunState } from '../../../src/domain/recipe-run/fold-journal.ts';
import { journalRecordSchema } from '../../../src/domain/recipe-run/journal-record.schema.ts';
import type { JournalEntry } from '../../../src/domain/recipe-run/journal-record.ts';
import {
  aHash,
  answered,
  aStart,
  ended,
  entered,
  numbered,
  opened,
  settled,
  skipped,
} from '../../doubles/journal-entries.ts';

const fold = (...entries: JournalEntry[]) => foldJournal(numbered([aStart(), ...entries]));

function stateAfter(...entries: JournalEntry[]): RunState {
  const { state, damage } = fold(...entries);
  expect(damage).toBeNull();
  if (state === null) throw new Error('no state');
  return state;
}

describe('Where a run is', () => {
  it('is its beginning after its first record', () => {
    expect(stateAfter()).toMatchObject({
      n: 1,
      recipeHash: aHash('a'),
      budgets: { visits: 50 },
      inFlight: null,
      next: null,
      ended: null,
      spent: { usd: 0, hasUnknownUsd: false },
    });
  });

  it('is the step that was entered, then the step to which its outcome routes', () => {
    expect(stateAfter(entered('plan'))).toMatchObject({ inFlight: { step: 'plan' }, next: null });
    const after = stateAfter(entered('plan'), settled('plan', { route: 'change' }));
    expect(after).toMatchObject({ inFlight: null, next: 'change', last: { step: 'plan' } });
  });

  it('is the step to which a skipped step routes, and skipping is a visit', () => {
    const state = stateAfter(skipped('plan'), skipped('plan', 2));
    expect(state.next).toBe('next');
    expect(state.visits).toEqual(new Map([['plan', 2]]));
  });

  it('is a gate until that is answered, and the answer is known until its step goes on', () => {
    expect(stateAfter(opened('g1')).gate).toMatchObject({ gate: 'g1' });
    expect(stateAfter(opened('g1'), answered('g1'))).toMatchObject({ gate: null, answer: { decision: 'approve' } });
    expect(stateAfter(opened('g1'), answered('g1'), entered('push')).answer).toBeNull();
  });

  it('is the later gate where what was shown has changed', () => {
    const again = opened('g1', 'ask', { shownHash: aHash('d') });
    expect(stateAfter(opened('g1'), again).gate?.shownHash).toBe(aHash('d'));
    expect(stateAfter(opened('g1'), answered('g1'), again)).toMatchObject({ answer: null, gate: { gate: 'g1' } });
  });

  it('is the next attempt of a step that did not settle before a crash', () => {
    const state = stateAfter(entered('plan'), entered('plan', 1, 1));
    expect(state.inFlight).toMatchObject({ visit: 1, attempt: 1 });
    expect(state.attempts).toEqual(new Map([['plan', 1]]));
  });

  it('is the same attempt with another key, where that is made again after a crash, and it is one visit', () => {
    const again = { ...entered('plan'), key: 'run-1/plan/1/0/1' };
    const third = { ...again, key: 'run-1/plan/1/0/2' };
    const state = stateAfter(entered('plan'), again, third);
    expect(state.inFlight).toEqual(expect.objectContaining(third));
    expect([state.visits.get('plan'), state.attempts.get('plan')]).toEqual([1, 0]);
    expect(stateAfter(entered('plan'), again, settled('plan'))).toMatchObject({ inFlight: null, next: 'next' });
  });

  it('has the blob of a result that is one', () => {
    const state = stateAfter(entered('plan'), settled('plan', { result: { blob: aHash('9') } }));
    expect(state.last?.result).toEqual({ blob: aHash('9') });
  });

  it('has what was captured last under each name, of any name', () => {
    const captured = JSON.parse('{"a":1,"__proto__":"own"}') as Record<string, unknown>;
    const state = stateAfter(
      entered('one'),
      settled('one', { captured }),
      entered('two'),
      settled('two', { captured: { a: 2, b: null } }),
    );
    expect([...state.captured]).toEqual([
      ['a', 2],
      ['__proto__', 'own'],
      ['b', null],
    ]);
  });

  it('counts the visits of a step with the name of a member of all objects', () => {
    expect(stateAfter(entered('constructor'), settled('constructor')).visits.get('constructor')).toBe(1);
  });

  it('has spent the sum of its steps, and says where a price is unknown', () => {
    const spent = { usd: 0.5, tokens: 10, turns: 1, ms: 100 };
    const known = [entered('a'), settled('a', { spent }), entered('b'), settled('b', { spent })];
    expect(stateAfter(...known).spent).toEqual({ usd: 1, hasUnknownUsd: false, tokens: 20, turns: 2, ms: 200 });
    const unknown = [...known, entered('c'), settled('c', { spent: { ...spent, usd: null } })];
    expect(stateAfter(...unknown).spent).toMatchObject({ usd: 1, hasUnknownUsd: true });
  });

  it('follows an accepted recipe and a changed budget', () => {
    const state = stateAfter(
      { k: 'accepted_changes', recipeHash: aHash('e'), who: 'somebody' },
      { k: 'budget_changed', budgets: { usd: 5 }, who: 'somebody' },
    );
    expect(state).toMatchObject({ recipeHash: aHash('e'), budgets: { usd: 5 } });
    expect(state.budgets.visits).toBeUndefined();
  });

  it('is its end, and goes on from there only with a new budget after its budget was used up', () => {
    expect(stateAfter(ended()).ended).toMatchObject({ state: 'succeeded' });
    const raised: JournalEntry = { k: 'budget_changed', budgets: { usd: 9 }, who: 'somebody' };
    expect(stateAfter(ended('budget_exhausted'), raised).ended).toBeNull();
    expect(fold(ended(), raised).damage).toEqual({ n: 3, problem: 'is budget_changed after the end of the run' });
  });
});

describe('A record is impossible', () => {
  it.each<[string, JournalEntry[], string]>([
    [
      'that settles what was not entered',
      [settled('plan')],
      'settles plan (visit 1, attempt 0), which is not in flight',
    ],
    [
      'that settles another attempt',
      [entered('plan'), settled('plan', { attempt: 1 })],
      'settles plan (visit 1, attempt 1), which',
    ],
    ['that settles twice', [entered('plan'), settled('plan'), settled('plan')], 'settles plan'],
    [
      'that enters a second step',
      [entered('plan'), entered('push')],
      'enters push while plan (visit 1, attempt 0) is in flight',
    ],
    ['that skips beside a step in flight', [entered('plan'), skipped('push')], 'skips a step while plan'],
    [
      'that uses an idempotency key again',
      [entered('plan'), settled('plan'), entered('plan')],
      'enters plan (visit 1, attempt 0) a second time',
    ],
    [
      'that makes an attempt in flight again with its key',
      [entered('plan'), entered('plan')],
      'enters plan (visit 1, attempt 0) a second time',
    ],
    [
      'that makes a settled attempt again, with any key',
      [entered('plan'), settled('plan'), { ...entered('plan'), key: 'run-1/plan/1/0/1' }],
      'enters plan (visit 1, attempt 0) a second time',
    ],
    [
      'that makes an earlier attempt again, with any key',
      [entered('plan'), entered('plan', 1, 1), { ...entered('plan'), key: 'run-1/plan/1/0/1' }],
      'enters plan (visit 1, attempt 0) a second time',
    ],
    [
      'that enters a visit that was skipped',
      [entered('a'), settled('a'), skipped('a', 2), entered('a', 2, 1)],
      'enters a (visit 2',
    ],
    ['that skips a visit again', [skipped('plan'), skipped('plan')], 'repeats a visit of plan'],
    ['that passes an open gate', [opened('g1'), entered('push')], 'goes on while the gate g1 is open'],
    ['that settles behind an open gate', [entered('ask'), opened('g1'), settled('ask')], 'goes on while the gate g1'],
    ['that skips behind an open gate', [opened('g1'), skipped('push')], 'goes on while the gate g1 is open'],
    [
      'that opens a second gate',
      [opened('g1'), opened('g2', 'other')],
      'opens a gate of other while that of ask is open',
    ],
    ['that answers a gate that was never open', [answered('g1')], 'answers the gate g1, which is not open'],
    ['that answers another gate', [opened('g1'), answered('g2')], 'answers the gate g2, which is not open'],
    ['that answers twice', [opened('g1'), answered('g1'), answered('g1')], 'answers the gate g1, which is not open'],
    [
      'that answers for what was shown before',
      [opened('g1'), answered('g1', { shownHash: aHash('f') })],
      'answers for something else',
    ],
    [
      'that decides what was not asked',
      [opened('g1'), answered('g1', { decision: 'done' })],
      'answers done to a gate that asks for approve or reject',
    ],
    ['that starts again', [aStart()], 'starts the run again'],
    ['after the end', [ended(), entered('plan')], 'is entered after the end of the run'],
  ])('%s', (_, entries, problem) => {
    const { state, damage } = fold(...entries);
    expect(damage).toEqual({ n: entries.length + 1, problem: expect.stringContaining(problem) });
    expect(state?.n).toBe(entries.length);
  });

  it('before the start', () => {
    const { state, damage } = foldJournal(numbered([entered('plan')]));
    expect({ state, damage }).toEqual({
      state: null,
      damage: { n: 1, problem: 'is entered, and the run has not started' },
    });
  });

  it.each([
    ['missing', [1, 3], 'has the number 3 in place of 2'],
    ['there twice', [1, 1], 'has the number 1 in place of 2'],
  ])('when the number before it is %s', (_, numbers, problem) => {
    const records = numbered([aStart(), skipped('a')]).map((record, at) => ({ ...record, n: numbers[at] ?? 0 }));
    expect(foldJournal(records).damage).toEqual({ n: 2, problem });
  });
});

const name = fc.constantFrom('a', 'b', '__proto__');
const small = fc.integer({ min: 0, max: 2 });
const anyEntry: fc.Arbitrary<JournalEntry> = fc.oneof(
  fc.constant(aStart()),
  fc.tuple(name, small, small).map(([step, visit, attempt]) => entered(step, visit + 1, attempt)),
  fc
    .tuple(name, small, small, fc.dictionary(name, fc.jsonValue()))
    .map(([step, visit, attempt, captured]) => settled(step, { visit: visit + 1, attempt, captured })),
  fc.tuple(name, small).map(([step, visit]) => skipped(step, visit + 1)),
  name.map((gate) => opened(gate)),
  name.map((gate) => answered(gate)),
  fc.constantFrom(ended(), ended('budget_exhausted')),
  fc.constant<JournalEntry>({ k: 'budget_changed', budgets: { usd: 1 }, who: '' }),
);
/** Most are impossible somewhere; those that are not stay in order. */
const anyRecords = fc.array(anyEntry, { maxLength: 30 }).map((entries) => {
  const possible: JournalEntry[] = [];
  for (const entry of [aStart(), ...entries])
    if (foldJournal(numbered([...possible, entry])).damage === null) possible.push(entry);
  return numbered(possible);
});

describe('Folding a journal', () => {
  it('never throws, whatever the records', () => {
    fc.assert(
      fc.property(fc.array(anyEntry), fc.array(fc.nat(9)), (entries, numbers) => {
        const records = numbered(entries).map((record, at) => ({ ...record, n: numbers[at] ?? record.n }));
        const { state, damage } = foldJournal(records);
        expect(damage === null ? records.length : damage.n - 1).toBe(state?.n ?? 0);
      }),
    );
  });

  it('gives the same in two parts as at once, and every beginning of a journal is one', () => {
    fc.assert(
      fc.property(anyRecords, fc.nat(30), (records, at) => {
        const whole = foldJournal(records);
        const first = foldJournal(records.slice(0, at));
        expect([whole.damage, first.damage]).toEqual([null, null]);
        expect(foldJournal(records.slice(at), first.state)).toEqual(whole);
      }),
    );
  });

  it('leaves the state it began with unchanged', () => {
    const { state } = fold(entered('a'));
    const before = structuredClone(state);
    foldJournal([{ v: 1, n: 3, at: '', ...settled('a', { captured: { x: 1 } }) }], state);
    expect(state).toEqual(before);
  });
});

it('Every record is read back as it was written', () => {
  const records = numbered([
    aStart(),
    entered('a'),
    settled('a', { captured: JSON.parse('{"__proto__":1}') as Record<string, unknown> }),
    settled('a', { result: { blob: aHash('1') }, spent: { usd: null, tokens: 1, turns: 1, ms: 1 } }),
    settled('a', { result: null, route: null }),
    skipped('a'),
    opened('g'),
    answered('g'),
    { k: 'accepted_changes', recipeHash: aHash('2'), who: 'x' },
    { k: 'budget_changed', budgets: {}, who: 'x' },
    ended(),
  ]);
  for (const record of records) expect(journalRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
});
