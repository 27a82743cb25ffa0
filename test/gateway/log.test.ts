import { describe, expect, it } from 'vitest';
import { textLine } from '../../gateway/log/text-line.ts';
import { redact } from '../../gateway/log.ts';

describe('the log', () => {
  it.each([
    ['{"authorization":"Bearer eyJhbGciOiJIUzI1NiJ9.eyJvcmlnaW4iOiJhIn0.c2lnbmF0dXJl"}', 'Bearer [redacted]'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJvcmlnaW4iOiJhIn0.c2lnbmF0dXJl here', 'token [redacted] here'],
    [
      '{"url":"https://blob.example/x?sv=1&sig=abc%2Fdef&se=2"}',
      '{"url":"https://blob.example/x?sv=1&sig=[redacted]&se=2"}',
    ],
    ['connect postgres://kci:hunter2@db/x failed', 'connect postgres://[redacted]@db/x failed'],
  ])('blots out what is secret in %s', (line, expected) => {
    expect(redact(line)).toContain(expected);
    expect(redact(line)).not.toMatch(/eyJ|abc%2F|hunter2/);
  });

  it('leaves the rest as it is', () => {
    const line = '{"msg":"The token is expired.","id":"acme:1?x=2","mail":"a@b.example"}\n';
    expect(redact(line)).toBe(line);
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
});
