import { checkModel } from './check-model.ts';
import { compileRecipe } from './compile-recipe.ts';
import { boundedFindings, type Finding, mostFindings, pathText, stepOf } from './finding.ts';
import { validateRecipe } from './recipe.schema.ts';
import { recipeOf } from './recipe.ts';
import type { RecipeRule } from './recipe-rule.ts';
import { badName } from './rules/bad-name.ts';
import { bareWord } from './rules/bare-word.ts';
import { captureWithoutResult } from './rules/capture-without-result.ts';
import { constantStepWithArgs } from './rules/constant-step-with-args.ts';
import { contextBeforeCapture } from './rules/context-before-capture.ts';
import { deadArm } from './rules/dead-arm.ts';
import { deadWithParam } from './rules/dead-with-param.ts';
import { incompleteConfirm } from './rules/incomplete-confirm.ts';
import { incompleteSubRecipe } from './rules/incomplete-sub-recipe.ts';
import { inputType } from './rules/input-type.ts';
import { keyWithoutEffect } from './rules/key-without-effect.ts';
import { missingName } from './rules/missing-name.ts';
import { noKitchenRules } from './rules/no-kitchen-rules.ts';
import { noSteps } from './rules/no-steps.ts';
import { optionalWithoutSkipWhen } from './rules/optional-without-skip-when.ts';
import { pythonWithoutModule } from './rules/python-without-module.ts';
import { resultAndSuccess } from './rules/result-and-success.ts';
import { resultTooEarly } from './rules/result-too-early.ts';
import { skipWhenFalseUndeclared } from './rules/skip-when-false-undeclared.ts';
import { stepKind } from './rules/step-kind.ts';
import { stopWithoutMessage } from './rules/stop-without-message.ts';
import { undeclaredInput } from './rules/undeclared-input.ts';
import { unknownTarget } from './rules/unknown-target.ts';
import { unknownTool } from './rules/unknown-tool.ts';
import { unreadableTemplate } from './rules/unreadable-template.ts';
import { unreadableWhen } from './rules/unreadable-when.ts';

const rules: readonly RecipeRule[] = [
  missingName,
  noSteps,
  noKitchenRules,
  badName,
  inputType,
  stepKind,
  incompleteSubRecipe,
  pythonWithoutModule,
  stopWithoutMessage,
  incompleteConfirm,
  unknownTarget,
  resultAndSuccess,
  captureWithoutResult,
  undeclaredInput,
  contextBeforeCapture,
  unreadableWhen,
  unreadableTemplate,
  bareWord,
  resultTooEarly,
  deadArm,
  optionalWithoutSkipWhen,
  skipWhenFalseUndeclared,
  constantStepWithArgs,
  keyWithoutEffect,
  unknownTool,
  deadWithParam,
];

/**
 * What is wrong with a recipe, given as plain data. Of a value of the wrong kind nothing else is said, nor of the rest of its step: what else
 * seems to be wrong can follow from it.
 */
export function checkRecipe(data: unknown): readonly Finding[] {
  const { file, findings } = validateRecipe(data);
  if (file === null) return boundedFindings(findings);
  const recipe = recipeOf(file, data);
  const unclear = new Set(findings.map(({ at }) => pathText(at.path)));
  const unclearSteps = new Set(findings.filter(isInStep).map(({ step }) => step));
  const isOwn = ({ step, at }: Finding) => !unclearSteps.has(step) && !unclear.has(pathText(at.path));
  const all = [...findings];
  for (const { id, severity, check } of rules)
    for (const problem of check(recipe)) {
      if (all.length > mostFindings) return boundedFindings(all);
      const finding = { ...problem, rule: id, severity, step: stepOf(problem.at.path) };
      if (isOwn(finding)) all.push(finding);
    }
  // The runs of a recipe with errors are not known.
  if (!all.some(({ severity }) => severity === 'error')) all.push(...checkModel(compileRecipe(recipe)));
  return boundedFindings(all);
}

/** Whether it changes how the step can be understood. A key too many does not. */
const isInStep = ({ rule, step, at }: Finding) => step !== null && (rule === 'invalid-value' || at.path.length > 3);
