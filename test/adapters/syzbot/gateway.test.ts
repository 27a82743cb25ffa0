import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../../examples/upstreams/syzbot/dashboard.ts';
import { generateBugs } from '../../../examples/upstreams/syzbot/generate-bugs.ts';
import { SAMPLE_BUGS } from '../../../examples/upstreams/syzbot/sample-bugs.ts';
import { SyzbotServer } from '../../../examples/upstreams/syzbot/server.ts';
import { runCommand } from '../../support/command.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { describeGateway } from './gateway-scenario.ts';

describeGateway(5);

describe('kcigraph check', () => {
  it('finds nothing wrong', async () => {
    const dashboard = new SyzbotServer(new Dashboard([...SAMPLE_BUGS, ...generateBugs({ bugs: 60 })]));
    await dashboard.listen();
    const own = await temporaryFolder();
    const source = `{ adapter: syzbot, url: "${dashboard.url}", namespaces: [upstream], rate: 1000, concurrency: 4 }`;
    await writeFile(join(own, 'kcigraph.yaml'), `sources:\n  syzbot: ${source}\n`);
    const { code, stdout, stderr } = await runCommand(['check', 'syzbot'], own);
    await dashboard.close();
    await removeFolder(own);
    expect(stdout).toContain(' 0 failed, ');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  }, 60_000);
});
