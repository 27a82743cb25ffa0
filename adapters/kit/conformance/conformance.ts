/**
 * The conformance suite: hand it an adapter, and what the source is known to hold, and it tells by behaviour whether the
 * adapter keeps the contract of `adapter.ts`. It belongs to no test framework; `describeConformance` binds it to one.
 */
export type { Behaviour } from './behaviour.ts';
export { BEHAVIOURS } from './behaviours.ts';
export { checkConformance } from './check-conformance.ts';
export { describeConformance, type TestRunner } from './describe-conformance.ts';
export { type OpenSubject, openSubject } from './open-subject.ts';
export { type JudgedBehaviour, type Report, renderReport } from './report.ts';
export type { ConformanceOptions, KnownObject, Subject, UpstreamMeter } from './subject.ts';
export { meterUpstream } from './upstream-meter.ts';
export type { Verdict } from './verdict.ts';
