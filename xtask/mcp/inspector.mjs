// The inspector's command line, which lists and calls.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from './report.mjs';
import { run } from './process.mjs';
import { Office } from './office.mjs';
import { command } from './clients.mjs';
import { everything, packaged } from './servers.mjs';

export async function inspector(report, options) {
  const office = await Office.open(options);
  const config = join(office.root, 'mcp.json');
  const servers = { everything: command(office.stdio('mcp-tester', everything)) };
  await writeFile(config, JSON.stringify({ mcpServers: servers }));
  const bin = packaged('.bin', 'mcp-inspector');
  const inspect = async (...args) => {
    const { output } = await run(process.execPath, [bin, '--cli', '--config', config, '--server', 'everything', ...args], { mayFail: true });
    return output;
  };
  try {
    await report.case('inspector', 'lists what the agent may call', async () => {
      const output = await inspect('--method', 'tools/list');
      expect(output.includes('"echo"') && !output.includes('"get-env"'), () => output.slice(0, 2000));
    });
    await report.case('inspector', 'calls what is allowed', async () => {
      const output = await inspect('--method', 'tools/call', '--tool-name', 'echo', '--tool-arg', 'message=hi');
      expect(output.includes('Echo: hi'), () => output);
    });
    await report.case('inspector', 'does not get what is refused', async () => {
      const output = await inspect('--method', 'tools/call', '--tool-name', 'get-env');
      expect(!output.includes('PATH'), () => output);
    });
  } finally {
    await office.close();
  }
}
