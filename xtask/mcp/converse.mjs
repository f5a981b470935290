// What both TypeScript clients do alike: connect, list, call, and tell about it in one line of JSON.

/** Runs the conversation that the program's argument describes, with the client that `open` makes. */
export async function converse(open) {
  const spec = JSON.parse(process.argv[2]);
  const elicited = [];
  const asked = (params) => {
    elicited.push(params);
    return { action: 'accept' };
  };
  const { client, transport, call, version } = open(asked, spec);
  await client.connect(transport);
  const told = { version: version(), server: client.getServerVersion()?.name, tools: [], calls: [], elicited };
  for (let cursor; ;) {
    const page = await client.listTools(cursor ? { cursor } : {});
    told.tools.push(...page.tools.map((tool) => tool.name));
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  for (const { name, args } of spec.calls) told.calls.push(await attempt(call, name, args));
  process.stdout.write(`${JSON.stringify(told)}\n`);
  await client.close();
}

async function attempt(call, name, args) {
  const progress = [];
  try {
    const options = { timeout: 50_000, onprogress: (step) => progress.push(step.progress) };
    const result = await call({ name, arguments: args }, options);
    const text = (result.content ?? []).map((part) => part.text ?? part.type).join('\n');
    return { text, isError: result.isError === true, decision: result._meta?.['dev.syndic/decision'], progress };
  } catch (error) {
    return { error: { code: error.code, message: error.message, data: error.data }, progress };
  }
}
