/** HTML that was escaped where it had to be. */
export type Markup = string;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): Markup => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');

/** Escaped, with `code` in backticks as in Markdown, the only markup that descriptions have. */
export const prose = (text: string): Markup => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

export const code = (text: string): Markup => `<code>${escaped(text)}</code>`;

/** Wrapped instead of scrolled, so that nothing needs a keyboard focus to be read. */
export const block = (text: string): Markup => `<pre>${escaped(text.trimEnd())}</pre>`;

export const disclosure = (title: Markup, content: Markup): Markup =>
  `<details class="more"><summary>${title}</summary>${content}</details>`;
