import type { AdapterEnv } from '../../adapter.ts';
import { isInBackground } from '../upstream/background.ts';
import type { UpstreamMeter } from './subject.ts';

/**
 * An adapter's environment whose upstream requests are counted, by `upstream` and by `http` alike; those of background
 * tasks belong to no call, and are not.
 */
export function meterUpstream(env: AdapterEnv): { readonly env: AdapterEnv; readonly meter: UpstreamMeter } {
  const meter = { started: 0, active: 0, answered: 0 };
  const counted = async <T>(request: () => Promise<T>): Promise<T> => {
    if (isInBackground()) return await request();
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
      http: { request: (url, request, call) => counted(() => env.http.request(url, request, call)) },
      upstream: (call, request) => env.upstream(call, (signal) => counted(() => request(signal))),
    },
  };
}
