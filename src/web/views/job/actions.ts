import { copyButton } from '../../copy.ts';
import { fill, h, setText } from '../../dom.ts';
import { figuresOf } from '../../figures.ts';
import { counted } from '../../format.ts';
import { icon } from '../../icons.ts';
import { isFinal, type Summary } from '../../types.ts';

export interface ActionDeps {
  readonly downloads: (summary: Summary) => readonly HTMLElement[];
  readonly stop: () => Promise<unknown>;
  readonly retry: () => Promise<unknown>;
  /** Asks first; false if the person does not want it. `onConfirmed` is called before it begins. */
  readonly remove: (summary: Summary, onConfirmed: () => void) => Promise<boolean>;
  readonly onError: (error: unknown) => void;
  /** Takes the focus when the button that had it is gone and no other follows it. */
  readonly heading: () => HTMLElement;
}

/**
 * Stop while it runs; downloads, and what is left to be done, afterwards. A button that works stays where it is, marked as
 * disabled but focused, and hands the focus on to its successor.
 */
export const jobActions = ({ downloads, stop, retry, remove, onError, heading }: ActionDeps) => {
  let latest: Summary | null = null;
  const own = h('div', { class: 'actions' });
  const copyLink = copyButton({
    ...{ label: 'Copy link', text: () => location.href, look: 'button button-quiet', symbol: 'link' },
    refused: 'Copy it from the address bar',
  });

  const button = (
    label: string,
    symbol: 'stop' | 'retry' | 'trash',
    busy: string,
    work: (begin: () => void) => Promise<unknown>,
    look = 'button',
  ) => {
    const text = h('span', {}, label);
    const created = h('button', { type: 'button', class: look }, icon(symbol), text);
    const setBusy = (isBusy: boolean): void => {
      setText(text, isBusy ? busy : label);
      if (isBusy) created.setAttribute('aria-disabled', 'true');
      else created.removeAttribute('aria-disabled');
    };
    created.addEventListener('click', async () => {
      if (created.hasAttribute('aria-disabled')) return;
      try {
        await work(() => setBusy(true));
      } catch (error) {
        setBusy(false);
        onError(error);
      }
    });
    return { created, setBusy };
  };

  const deletion = button(
    'Delete',
    'trash',
    'Deleting…',
    async (begin) => latest !== null && remove(latest, begin),
    'button button-quiet',
  );
  deletion.created.hidden = true;
  const element = h('div', { class: 'job-actions' }, own, h('div', { class: 'actions' }, copyLink, deletion.created));

  const show = (summary: Summary): void => {
    latest = summary;
    deletion.created.hidden = false;
    const hadFocus = own.contains(document.activeElement);
    const { failed, stopped, completed } = figuresOf(summary);
    const left = failed + stopped;
    let next: HTMLElement | null = null;
    if (!isFinal(summary)) {
      const { created, setBusy } = button('Stop', 'stop', 'Stopping…', begun(stop));
      setBusy(summary.stopping);
      fill(own, created);
      next = created;
    } else {
      const label =
        stopped > 0 ? `Compress the remaining ${counted(left, 'image')}` : `Retry ${counted(left, 'failed image')}`;
      if (left > 0) next = button(label, 'retry', 'Starting…', begun(retry)).created;
      const files = completed > 0 ? downloads(summary) : [];
      fill(own, ...files, next);
      next ??= files[0] ?? null;
    }
    if (hadFocus) (next ?? heading()).focus();
  };
  return {
    element,
    show,
    /** Puts the focus on what was last to be done. */
    focus: (): void => (own.querySelector<HTMLElement>(':scope > :last-child') ?? heading()).focus(),
  };
};

const begun =
  (work: () => Promise<unknown>) =>
  (begin: () => void): Promise<unknown> => {
    begin();
    return work();
  };
