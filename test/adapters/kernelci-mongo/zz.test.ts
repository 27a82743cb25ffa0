import { it } from 'vitest';
import { measurePlans } from '../../support/mongodb/measure-plans.ts';
import { LEGACY } from './plans-subject.ts';
it('x', async () => {
  const s = await measurePlans(LEGACY, 300, null);
  process.env.DUMP = '1';
  const l = await measurePlans(LEGACY, 3000, s.samples);
  console.log(l.background, l.reads.map((r, i) => `${r.name} ${s.reads[i]?.examined}->${r.examined} cmds ${r.commands} ${r.ms.toFixed(0)}ms`).join('\n'));
}, 300000);
