import { redactUrl } from '../../src/network/redact.ts';

it('removes user, password, query and fragment', () => {
  expect(redactUrl('https://bob:secret@cdn.example/a/b.jpg?token=abc#x')).toBe('https://cdn.example/a/b.jpg');
});

it('does not repeat anything of a text that is not an http(s) URL', () => {
  for (const text of ['bob:secret@cdn.example', '://secret', 'ftp://bob:secret@host/', '']) {
    expect(redactUrl(text)).toBe('(not a web address)');
  }
});
