/** The arguments of the tools of today. */
const parametersToday = {
  close_kitchen: '',
  run_cmd: 'cmd cwd timeout step_name',
  run_python: 'callable args timeout',
  run_skill: 'skill_command cwd model step_name order_id stale_threshold idle_output_timeout',
  kitchen_status: 'limit offset',
  open_kitchen: 'name overrides',
  get_pipeline_report: 'clear limit offset',
  get_quota_events: 'n offset',
  get_timing_summary: 'clear format order_id limit offset',
  get_token_summary: 'clear format order_id limit offset',
  read_db: 'db_path query params timeout limit offset',
  write_telemetry_files: 'output_dir',
  classify_fix: 'worktree_path base_branch step_name limit offset',
  reset_test_dir: 'test_dir force step_name',
  reset_workspace: 'test_dir',
  test_check: 'worktree_path step_name',
  list_recipes: 'limit offset',
  load_recipe: 'name overrides',
  validate_recipe: 'script_path limit offset',
  start_run: 'recipe inputs budgets',
  run_status: 'run_id wait_s',
  answer_gate: 'run_id step decision code',
  cancel_run: 'run_id',
  list_runs: 'state limit offset',
} as const;

/** Those of tools that a later version has. A recipe may name them; a run refuses them until then. */
const parametersLater = {
  disable_quota_guard: '',
  merge_worktree: 'worktree_path base_branch step_name',
  create_unique_branch: 'slug issue_number remote cwd base_branch_name step_name',
  check_pr_mergeable: 'pr_number cwd repo',
  set_commit_status: 'sha state context description target_url repo cwd',
  migrate_recipe: 'name',
  clone_repo: 'source_dir run_name branch strategy remote_url step_name',
  remove_clone: 'clone_path keep step_name',
  push_to_remote: 'clone_path branch source_dir remote_url force step_name',
  register_clone_status: 'clone_path status registry_path step_name',
  batch_cleanup_clones: 'registry_path all_owners step_name',
  fetch_github_issue: 'issue_url include_comments',
  get_issue_title: 'issue_url',
  report_bug: 'error_context cwd severity model step_name',
  prepare_issue: 'title body repo labels dry_run split',
  enrich_issues: 'issue_number batch dry_run repo',
  claim_issue: 'issue_url label allow_reentry',
  release_issue: 'issue_url label target_branch staged_label',
  get_pr_reviews: 'pr_number cwd repo',
  bulk_close_issues: 'issue_numbers comment cwd',
  wait_for_ci: 'branch repo remote_url head_sha workflow event timeout_seconds cwd step_name',
  get_ci_status: 'branch run_id repo workflow event cwd',
  toggle_auto_merge: 'pr_number target_branch cwd repo remote_url',
  wait_for_merge_queue:
    'pr_number target_branch cwd repo remote_url timeout_seconds poll_interval stall_grace_period max_stall_retries not_in_queue_confirmation_cycles max_inconclusive_retries step_name',
  check_repo_merge_state: 'branch cwd remote_url step_name',
  create_worktree: 'repo_path branch base_branch worktree_path',
  remove_worktree: 'worktree_path',
  commit_changes: 'worktree_path message paths',
  rebase_branch: 'worktree_path base_branch',
  diff_summary: 'worktree_path base_branch',
  create_pull_request: 'repo_path branch base_branch title body draft',
} as const;

/** Tools of a later version whose arguments are not settled. */
const unsettled = ['merge_pull_request', 'annotate_pr_diff', 'get_merge_queue'];

/** Tools with which a step would steer its own run, or the client that watches it. */
const notForSteps: ReadonlySet<string> = new Set([
  'open_kitchen',
  'close_kitchen',
  'disable_quota_guard',
  'start_run',
  'run_status',
  'answer_gate',
  'cancel_run',
]);

/** Why a run does not call a tool, as the end of a sentence; null: it does, or the tool is not known, which is an error of the recipe. */
export function toolRefusal(tool: string): string | null {
  if (!knownTools.has(tool)) return null;
  if (notForSteps.has(tool)) return 'which no step may call: it is for people and their clients; remove the step.';
  if (Object.hasOwn(parametersToday, tool)) return null;
  return 'which this version of maitred does not have: use run_cmd, or a later version.';
}

/** The tools that a step can name, with their arguments; null: not settled. */
export const knownTools: ReadonlyMap<string, readonly string[] | null> = new Map([
  ...Object.entries({ ...parametersToday, ...parametersLater }).map(
    ([tool, parameters]) => [tool, parameters.split(' ').filter((name) => name !== '')] as const,
  ),
  ...unsettled.map((tool) => [tool, null] as const),
]);
