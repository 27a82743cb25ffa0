import type { AdapterEnv, Call } from '../../adapter.ts';
import type { UpstreamMeter } from './subject.ts';

/**
 * An adapter's environment whose upstream requests are counted, by `upstream` and by `http` alike; those of background
 * tasks belong to no call, and are not.
 */
export function meterUpstream(env: AdapterEnv): { readonly env: AdapterEnv; readonly meter: UpstreamMeter } {
  const meter = { started: 0, active: 0, answered: 0 };
  const counted = async <T>(call: Call, request: () => Promise<T>): Promise<T> => {
    if (call.isBackground === true) return await request();
    meter.started += 1;
    meter.active += 1;
    try {
      const answer = await request();
      meter.answered += 1;
      return answer;
    } finally {
      meter.active -= 1;
    }
  };
  return {
    meter,
    env: {
      ...env,
      http: { request: (url, request, call) => counted(call, () => env.http.request(url, request, call)) },
      upstream: (call, request) => env.upstream(call, (signal) => counted(call, () => request(signal))),
    },
  };
}
