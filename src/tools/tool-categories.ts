/** How open_kitchen shows the tools. Every tool stands in exactly one category. */
export const toolCategories: readonly { readonly title: string; readonly tools: readonly string[] }[] = [
  { title: 'Kitchen', tools: ['open_kitchen', 'close_kitchen', 'kitchen_status'] },
  { title: 'Execution', tools: ['run_cmd'] },
  { title: 'Testing & Workspace', tools: ['test_check', 'reset_test_dir', 'classify_fix', 'reset_workspace'] },
  { title: 'Telemetry & Diagnostics', tools: ['read_db', 'get_pipeline_report', 'get_timing_summary'] },
];
