/** The skills that people type as `/maitred:open-kitchen` and `/maitred:close-kitchen`: SKILL.md files by the name of their folder. */
export const skillTexts: Readonly<Record<string, string>> = {
  'open-kitchen': `---
name: open-kitchen
description: Open maitred's kitchen, so that its tools can be used in this session. Use it when the user asks to open the kitchen or to start working with maitred.
---

# Open the kitchen

1. Call the tool \`open_kitchen\` of the server \`maitred\`, without arguments. Its full name ends in \`maitred__open_kitchen\`.
   - If you know the tool only by name, load it first: search for tools with \`select:\` and its full name, then call it.
   - If the answer is "No such tool available", the server is still connecting. Wait three seconds and call again, up to five times.
   - If the call still fails, tell the user. Name \`/mcp\`, which shows why, and \`maitred status\`, which names the log file.
2. Read the answer: it names the project's folder, and the tools by category. Your own tools stay in use beside them.
3. Tell the user in one or two sentences, in the language of the conversation, that the kitchen is open and what it offers: the categories of
   tools in the answer, not the whole list. Then ask what to do, unless the user has already said so.

If the answer has \`"success": false\`, its \`error\` says what is wrong and how to fix it. Tell the user, and stop.
`,
  'close-kitchen': `---
name: close-kitchen
description: Close maitred's kitchen, so that its tools leave this session. Use it when the user asks to close the kitchen or is done with maitred.
---

# Close the kitchen

1. Call the tool \`close_kitchen\` of the server \`maitred\`, without arguments. Its full name ends in \`maitred__close_kitchen\`. If you know the
   tool only by name, load it first: search for tools with \`select:\` and its full name.
2. Tell the user in one sentence, in the language of the conversation, that the kitchen is closed: maitred's tools have left this session.
   Finished work is kept, and \`/maitred:open-kitchen\` opens the kitchen again.
`,
};
