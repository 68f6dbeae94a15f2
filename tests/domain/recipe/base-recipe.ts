/** A recipe without findings, in which tests change a few characters. */
export const baseRecipe = `name: base
description: A recipe without findings.
ingredients:
  task: {description: what to do}
  deep: {type: boolean, default: false}
kitchen_rules: [Use no other tools.]
steps:
  plan:
    tool: run_skill
    with: {skill_command: "/make-plan \${{ inputs.task }}", cwd: /work}
    capture: {plan: "\${{ result.plan_path }}"}
    on_success: check
    on_failure: halt
  check:
    tool: run_cmd
    optional: true
    skip_when_false: inputs.deep
    with: {cmd: "cat \${{ context.plan }}", cwd: /work}
    on_result:
      - {when: result.verdict == GO, route: ask}
      - {route: halt}
    on_failure: escalate
  ask: {action: confirm, message: Go on?, on_success: done, on_failure: halt}
  halt: {action: stop, message: It ended.}
`;

/** @throws where the recipe has no such text */
export function changedRecipe(from: string, to: string): string {
  if (!baseRecipe.includes(from)) throw new Error(`not in the recipe: ${from}`);
  return baseRecipe.replace(from, () => to);
}
