type Child = Node | string | number | null | undefined | false;
type Value = string | number | boolean | null | undefined;
type Handlers = { readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };
export type Attributes = { readonly [name: string]: Value | Handlers } & { readonly on?: Handlers };

/**
 * Creates an element. `true` sets an attribute without a value; `false`, null and undefined omit it. Text is never parsed
 * as markup, so that a CSV cannot inject any.
 */
export const h = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') continue;
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const [name, handler] of Object.entries(attributes.on ?? {})) {
    element.addEventListener(name, handler as EventListener);
  }
  append(element, children);
  return element;
};

const isShown = (child: Child): child is Node | string | number =>
  child !== null && child !== undefined && child !== false;

const append = (element: Element, children: readonly Child[]): void => {
  for (const child of children) {
    if (isShown(child)) element.append(typeof child === 'number' ? String(child) : child);
  }
};

/** Replaces all children. */
export const fill = (element: Element, ...children: readonly Child[]): void => {
  element.replaceChildren();
  append(element, children);
};

/** Writes only changed text, so that screen readers and selections are not disturbed. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};

/** Sets a CSS variable from 0 to 1 through the DOM, because the CSP forbids style attributes. */
export const setShare = (element: HTMLElement, share: number): void =>
  element.style.setProperty('--share', String(Math.min(1, Math.max(0, share))));
