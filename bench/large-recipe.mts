const blocks = 8;

/** A recipe of 80 steps, as YAML: blocks of ten steps with a loop, skips, captures that later conditions read, and routes by results. */
export function largeRecipe(): string {
  const lines = ['name: large', 'description: Ten steps, eight times.', 'inputs:'];
  for (const name of ['audit', 'open_pr', 'auto_merge', 'review'])
    lines.push(`  ${name}: {type: boolean, default: true}`);
  lines.push(
    '  mode: {type: choice, choices: [deep, fast], default: fast}',
    'kitchen_rules: [Use the tools.]',
    'steps:',
  );
  for (let block = 1; block <= blocks; block += 1) lines.push(...blockLines(block));
  lines.push('  gave_up: {action: stop, message: It did not work.}');
  return `${lines.join('\n')}\n`;
}

function blockLines(block: number): string[] {
  const next = block === blocks ? 'done' : `plan_${block + 1}`;
  const at = (name: string) => `${name}_${block}`;
  return [
    `  ${at('plan')}:`,
    '    tool: run_skill',
    `    with: {skill_command: /plan, cwd: /work}`,
    `    note: ${'A plan is a file with one section for each part. '.repeat(10)}`,
    `    capture: {${at('plan_path')}: "\${{ result.plan_path }}", ${at('complexity')}: "\${{ result.complexity | trim }}"}`,
    `    on_result:`,
    `      - {when: "\${{ result.verdict }} == GO", route: ${at('implement')}}`,
    `      - {when: "result.verdict == 'NO GO'", route: gave_up}`,
    `      - {route: ${at('implement')}}`,
    '    on_failure: gave_up',
    `  ${at('implement')}:`,
    '    tool: run_skill',
    `    with: {skill_command: "/implement \${{ context.${at('plan_path')} }}", cwd: /work}`,
    `    capture: {${at('branch')}: "\${{ result.branch }}"}`,
    `    on_success: ${at('test')}`,
    '    on_failure: gave_up',
    `    on_context_limit: ${at('test')}`,
    `  ${at('test')}:`,
    '    tool: test_check',
    '    with: {worktree_path: /work}',
    `    on_success: ${at('audit')}`,
    `    on_failure: ${at('fix')}`,
    `  ${at('fix')}:`,
    '    tool: run_skill',
    '    with: {skill_command: /fix, cwd: /work}',
    '    max_visits: 3',
    '    on_exceeded: gave_up',
    `    on_success: ${at('test')}`,
    '    on_failure: gave_up',
    `  ${at('audit')}:`,
    '    tool: run_skill',
    '    with: {skill_command: /audit, cwd: /work}',
    '    skip_when_false: inputs.audit',
    '    on_result:',
    `      - {when: "result.verdict == GO and result.count > 0", route: ${at('open')}}`,
    `      - {when: "result.verdict == 'GO'", route: ${at('open')}}`,
    `      - {route: ${at('fix')}}`,
    '    on_failure: gave_up',
    `  ${at('open')}:`,
    '    tool: create_pull_request',
    '    with: {repo_path: /work, branch: a, base_branch: main, title: A change, body: None}',
    '    skip_when_false: inputs.open_pr',
    `    on_success: ${at('review')}`,
    '    on_failure: gave_up',
    `  ${at('review')}:`,
    '    tool: run_skill',
    '    with: {skill_command: /review, cwd: /work}',
    '    skip_when_false: inputs.review',
    `    capture: {${at('review_verdict')}: "\${{ result.verdict }}"}`,
    `    on_success: ${at('choose')}`,
    '    on_failure: gave_up',
    `  ${at('choose')}:`,
    '    action: route',
    '    on_result:',
    `      - {when: "\${{ context.${at('review_verdict')} }} == needs_human", route: gave_up}`,
    `      - {when: "\${{ context.${at('review_verdict')} }} == changes", route: ${at('fix')}}`,
    `      - {when: true, route: ${at('push')}}`,
    `  ${at('push')}:`,
    '    tool: push_to_remote',
    '    with: {clone_path: /work, branch: a}',
    `    capture: {${at('push_error')}: "\${{ result.error_type }}"}`,
    `    on_success: ${at('merge')}`,
    `    on_failure: ${at('merge')}`,
    `  ${at('merge')}:`,
    '    action: route',
    '    on_result:',
    `      - {when: "context.${at('push_error')} == rejected", route: ${at('fix')}}`,
    `      - {when: "context.${at('push_error')} == queued_branch and inputs.auto_merge", route: ${at('open')}}`,
    `      - {when: "context.${at('push_error')}", route: gave_up}`,
    `      - {route: ${next}}`,
  ];
}
