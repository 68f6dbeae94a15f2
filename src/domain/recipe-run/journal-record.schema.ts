import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../json-object.ts';
import { armCauses } from '../recipe/recipe-graph.ts';
import { budgetKinds } from '../recipe/run-spending.ts';
import {
  answerChannels,
  endStates,
  type GateAnswer,
  gateDecisions,
  type JournalRecord,
  journalVersion,
  outcomeKinds,
  runNamePattern,
} from './journal-record.ts';

const count = z.int().nonnegative();
const amount = z.number().nonnegative();
const hash = z.string().regex(/^[\da-f]{64}$/);
const name = z.string().regex(runNamePattern);
const text = z.string();
/** As it is, with members of any name. */
const jsonObject = z.custom<JsonObject>(isJsonObject);

const stamp = { v: z.literal(journalVersion), n: z.int().positive(), at: text };
const step = { step: text, visit: z.int().positive() };
const attempt = { ...step, attempt: count };
const route = { route: text.nullable(), why: text.nullable() };
const spending = z.object({ usd: amount.nullable(), tokens: amount, turns: amount, ms: amount });
const budgets = z.partialRecord(z.enum(budgetKinds), amount);
const answer = {
  gate: name,
  decision: z.enum([...gateDecisions.approval, ...gateDecisions.outcome]),
  who: text,
  how: z.enum(answerChannels),
  answeredAt: text,
  shownHash: hash,
};

export const gateAnswerSchema = z.object(answer) satisfies z.ZodType<GateAnswer>;

/** Reads a record back. Keys that a later version added are ignored. */
export const journalRecordSchema = z.discriminatedUnion('k', [
  z.object({
    ...stamp,
    k: z.literal('run_started'),
    runId: name,
    recipe: text,
    recipePath: text,
    recipeHash: hash,
    compilerVersion: count,
    inputs: jsonObject,
    cwd: text,
    budgets,
    parentRun: name.nullable(),
    startedBy: text,
  }),
  z.object({
    ...stamp,
    k: z.literal('entered'),
    ...attempt,
    key: text,
    tool: text.nullable(),
    argumentsHash: hash.nullable(),
    lost: spending.nullable(),
  }),
  z.object({
    ...stamp,
    k: z.literal('settled'),
    ...attempt,
    kind: z.enum(outcomeKinds),
    cause: z.enum([...armCauses, 'cancelled']),
    result: z.union([z.object({ blob: hash }), z.object({ value: z.unknown() })]).nullable(),
    captured: jsonObject,
    ...route,
    diagnostics: z.array(text),
    spent: spending,
  }),
  z.object({ ...stamp, k: z.literal('skipped'), ...step, cause: z.enum(armCauses), captured: jsonObject, ...route }),
  z.object({
    ...stamp,
    k: z.literal('gate_opened'),
    gate: name,
    step: text,
    asks: z.enum(['approval', 'outcome']),
    shownHash: hash,
  }),
  z.object({ ...stamp, k: z.literal('gate_answered'), ...answer }),
  z.object({ ...stamp, k: z.literal('accepted_changes'), recipeHash: hash, who: text }),
  z.object({ ...stamp, k: z.literal('budget_changed'), budgets, who: text }),
  z.object({
    ...stamp,
    k: z.literal('run_ended'),
    state: z.enum(endStates),
    reason: text,
    exhausted: z.enum(budgetKinds).nullable(),
    output: jsonObject.nullable(),
  }),
]) satisfies z.ZodType<JournalRecord>;
