import { redactUrl } from '../../src/network/redact.ts';

it('leaves out user, password, query and fragment', () => {
  expect(redactUrl('https://bob:secret@cdn.example/a/b.jpg?token=abc#x')).toBe('https://cdn.example/a/b.jpg');
});

it('repeats nothing of what is not a web address', () => {
  for (const text of ['bob:secret@cdn.example', '://secret', 'ftp://bob:secret@host/', '']) {
    expect(redactUrl(text)).toBe('(not a web address)');
  }
});
