import { Dashboard } from '../../../examples/upstreams/syzbot/dashboard.ts';
import { generateBugs } from '../../../examples/upstreams/syzbot/generate-bugs.ts';
import { SyzbotServer } from '../../../examples/upstreams/syzbot/server.ts';

/** A dashboard in a process of its own, with so many bugs: prints its address. */
const server = new SyzbotServer(new Dashboard(generateBugs({ bugs: Number(process.argv[2]), crashes: 3 })));
await server.listen();
process.stdout.write(`${server.url}\n`);
