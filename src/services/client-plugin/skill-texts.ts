/** What people type as `/maitred:open-kitchen` and `/maitred:close-kitchen`, as SKILL.md files by the name of their folder. */
export const skillTexts: Readonly<Record<string, string>> = {
  'open-kitchen': `---
name: open-kitchen
description: Open maitred's kitchen, so that its tools can be used in this session. Use it when the user asks to open the kitchen or to start working with maitred.
---

# Open the kitchen

1. Call the tool \`open_kitchen\` of the server \`maitred\`, without arguments. Its full name ends in \`maitred__open_kitchen\`.
   - If the tool is known by name only, load it first: search for tools with \`select:\` and its full name, then call it.
   - If the answer is "No such tool available", the server is still connecting. Wait three seconds and call again, up to five times; do not
     work without the tools instead.
   - If it still cannot be called, say so, and name \`/mcp\`, which shows why, and \`maitred status\`, which names the log.
2. Keep to the rules in the answer for as long as the kitchen is open.
3. Say in one or two sentences, in the language of the conversation, that the kitchen is open and what can be ordered: the categories of
   tools in the answer, not the whole list. Then ask what is to be done, unless that has been said.

An answer with \`"success": false\` says in \`error\` what is wrong and how to mend it: pass that on, and stop.
`,
  'close-kitchen': `---
name: close-kitchen
description: Close maitred's kitchen, so that its tools leave this session. Use it when the user asks to close the kitchen or is done with maitred.
---

# Close the kitchen

1. Call the tool \`close_kitchen\` of the server \`maitred\`, without arguments. Its full name ends in \`maitred__close_kitchen\`. If it is known by
   name only, load it first: search for tools with \`select:\` and its full name.
2. Say in one sentence, in the language of the conversation, what is closed: maitred's tools have left this session, and the rules of the
   kitchen hold no longer. Work that was ordered before is not undone, and \`/maitred:open-kitchen\` opens the kitchen again.
`,
};
