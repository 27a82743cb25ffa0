import { normaliseTime, parseRfc3339 } from '../../contract/time-and-url.ts';

/** The formats of KCIDB's strings, each with the verdict of the reference implementation. */
export const FORMATS: Readonly<Record<'date-time' | 'uri' | 'email', (text: string) => boolean>> = {
  'date-time': isDateTime,
  uri: isUri,
  email: isEmail,
};

/** The reference matches RFC 3339 in either case of `T` and `Z`, with a zone, and knows neither leap seconds nor a year 0. */
function isDateTime(text: string): boolean {
  const time = parseRfc3339(text);
  return time !== null && time.second < 60;
}

/** Whether a well-formed time cannot be stored: UTC moves its year out of 0001 to 9999. */
export function isUnstorableTime(text: string): boolean {
  return /^(?:0001|9999)/.test(text) && normaliseTime(text) === null;
}

/** The reference only asks for an "@": kernel message ids often have a host without a dot, or brackets round them. */
function isEmail(text: string): boolean {
  return text.includes('@');
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const FOREIGN = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})/;
const PORT = /^[0-9]*$/;

/**
 * RFC 3986 `URI`: absolute, ASCII. Cut at its delimiters and searched for what must not be there, since one expression of
 * nested repetitions takes stack for every character of a long URL.
 */
function isUri(text: string): boolean {
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme === undefined || FOREIGN.test(text)) return false;
  const [beforeFragment, fragment] = cutAt(text.slice(scheme.length), '#');
  const [hierarchy, query] = cutAt(beforeFragment, '?');
  if (/[#[\]]/.test(fragment) || /[[\]]/.test(query)) return false;
  if (!hierarchy.startsWith('//')) return !/[[\]]/.test(hierarchy);
  const [authority, path] = cutAt(hierarchy.slice(2), '/');
  return !/[[\]]/.test(path) && isAuthority(authority);
}

function isAuthority(authority: string): boolean {
  const at = authority.indexOf('@');
  if (/[[\]]/.test(authority.slice(0, at + 1))) return false;
  const host = authority.slice(at + 1);
  if (host.includes('@')) return false;
  if (!host.startsWith('[')) {
    const [name, port] = cutAt(host, ':');
    return !/[[\]]/.test(name) && PORT.test(port);
  }
  const end = host.indexOf(']');
  const rest = host.slice(end + 1);
  if (end < 0 || !(rest === '' || (rest.startsWith(':') && PORT.test(rest.slice(1))))) return false;
  return isIpLiteral(host.slice(1, end));
}

const IP_FUTURE = /^v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+$/;
const GROUP = /^[0-9A-Fa-f]{1,4}$/;
// A leading zero is fine with the reference, RFC 3986 forbids it.
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|[01]?\d\d?)(?:\.(?!$)|$)){4}$/;

function isIpLiteral(text: string): boolean {
  return text.startsWith('v') ? IP_FUTURE.test(text) : text.length <= 45 && isIpv6(text);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? [];
  const tail = last.at(-1);
  const hasIpv4 = tail !== undefined && IPV4.test(tail);
  if (hasIpv4) last.pop();
  if (!groups.flat().every((group) => GROUP.test(group))) return false;
  const count = groups.flat().length + (hasIpv4 ? 2 : 0);
  // "::" stands for one group or more.
  return halves.length === 2 ? count <= 7 : count === 8;
}

function cutAt(text: string, delimiter: string): [before: string, after: string] {
  const index = text.indexOf(delimiter);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
