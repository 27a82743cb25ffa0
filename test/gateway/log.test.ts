import { describe, expect, it } from 'vitest';
import { printable, redact } from '../../adapters/kit/printable.ts';
import { textLine } from '../../gateway/log.ts';

describe('the log', () => {
  it.each([
    ['{"authorization":"Bearer eyJhbGciOiJIUzI1NiJ9.eyJvcmlnaW4iOiJhIn0.c2lnbmF0dXJl"}', 'Bearer [redacted]'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJvcmlnaW4iOiJhIn0.c2lnbmF0dXJl here', 'token [redacted] here'],
    [
      '{"url":"https://blob.example/x?sv=1&sig=abc%2Fdef&se=2"}',
      '{"url":"https://blob.example/x?sv=1&sig=[redacted]&se=2"}',
    ],
    ['connect postgres://kci:hunter2@db/x failed', 'connect postgres://[redacted]@db/x failed'],
    ['connect postgres://kci:hun/hunter2@db/x failed', 'connect postgres://[redacted]@db/x failed'],
    ['connect postgres:/kci:hunter2@db/x failed', 'connect postgres:/[redacted]@db/x failed'],
    ['connect postgres//kci:hunter2@db/x failed', 'connect postgres//[redacted]@db/x failed'],
    ['connect (kci:hunter2@db/x) failed', 'connect [redacted]@db/x) failed'],
    ['connect https://hunter2@db failed', 'connect https://[redacted]@db failed'],
    ['{"url":"https://kci:p@hunter2@db/x"}', '{"url":"https://[redacted]@db/x"}'],
  ])('blots out what is secret in %s', (line, expected) => {
    expect(redact(line)).toContain(expected);
    expect(redact(line)).not.toMatch(/eyJ|abc%2F|hunter2/);
  });

  it('leaves the rest as it is', () => {
    for (const line of [
      '{"msg":"The token is expired.","id":"acme:1?x=2","mail":"a@b.example"}\n',
      '    at run (file:///srv/kcigraph/node_modules/@apollo/server/dist/index.js:10:3)\n',
      'The folder /srv/me@corp/data cannot be written; issue 3@acme:1; see https://docs.example/a:b/c.\n',
    ]) {
      expect(printable(line)).toBe(line);
    }
  });

  it('reads as a line of text on a terminal, with the stack of an error below', () => {
    const line = JSON.stringify({
      level: 'warn',
      time: '2026-01-12T02:00:03.000Z',
      msg: 'Slow.',
      ms: 12,
      path: 'a b',
      err: { stack: 'Error: x\n at y' },
    });
    expect(textLine(line)).toBe('02:00:03 WARN  Slow. ms=12 path="a b"\nError: x\n at y\n');
    expect(textLine('no json\n')).toBe('no json\n');
  });

  it('writes control characters, C1 too, as what they are, so that a terminal does not obey them', () => {
    const control = '\u009b31m\u001b[2J\u0085\u007f\u202e';
    const event = {
      level: 'warn',
      msg: `a${control}\nb`,
      [`key${control}`]: control,
      err: { stack: `Error: ${control}\n at y` },
    };
    const json = printable(`${JSON.stringify(event)}\n`);
    expect(JSON.parse(json)).toEqual(event);
    const text = textLine(json);
    for (const line of [json, text]) expect(line).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toContain('a\\u009b31m\\u001b[2J\\u0085\\u007f\\u202e\\nb');
  });

  it('takes a time that grows with the length of a line alone', () => {
    const time = (length: number) => {
      const line = '@:'.repeat(length);
      const begin = performance.now();
      redact(line);
      return performance.now() - begin;
    };
    time(20_000);
    expect(time(400_000)).toBeLessThan(2_000);
  });
});
