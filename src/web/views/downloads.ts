import { type Api, type KeyStore, messageOf } from '../api.ts';
import { fill, h } from '../dom.ts';
import { size } from '../format.ts';
import { type IconName, icon } from '../icons.ts';
import type { Summary } from '../types.ts';

/** A ZIP fetched with a key is held in the browser's memory; above this size, ask first. */
const LARGE_BYTES = 500_000_000;

interface Download {
  readonly path: string;
  readonly name: string;
  readonly label: string;
  readonly symbol: IconName;
  readonly look?: string;
  /** Only where it may be large. */
  readonly bytes?: number;
}

/**
 * Downloads of the output, the ZIP and the failed rows: plain links without a key; with a key they are fetched and then saved, because
 * a link cannot send the header (decision 0031).
 */
export const downloads = (api: Api, keys: Pick<KeyStore, 'get'>, requestId: string, notice: HTMLElement) => {
  const fetchAndSave = async (path: string, name: string, button: HTMLButtonElement): Promise<void> => {
    button.disabled = true;
    button.setAttribute('aria-busy', 'true');
    fill(notice);
    try {
      const url = URL.createObjectURL(await (await api.call(path)).blob());
      const anchor = h('a', { href: url, download: name });
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      fill(notice, h('p', { class: 'panel panel-bad' }, messageOf(error)));
    } finally {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    }
  };

  const item = ({ path, name, label, symbol, look = '', bytes = 0 }: Download): HTMLElement => {
    if (keys.get() === null) {
      return h('a', { class: `button ${look}`, href: path, download: name }, icon(symbol), label);
    }
    const button = h(
      'button',
      {
        type: 'button',
        class: `button ${look}`,
        on: {
          click: () => {
            const question = `The ZIP is about ${size(bytes)}. With an API key it is loaded into this browser's memory; curl has no such limit. Continue?`;
            if (bytes < LARGE_BYTES || confirm(question)) void fetchAndSave(path, name, button);
          },
        },
      },
      icon(symbol),
      label,
    );
    return button;
  };

  const output = `/api/output/${requestId}`;
  return {
    buttons: ({ bytes }: Summary): HTMLElement[] => [
      item({
        path: output,
        name: `output-${requestId}.csv`,
        label: 'Download CSV',
        symbol: 'download',
        look: 'button-primary',
      }),
      item({
        path: `${output}?format=xlsx`,
        name: `output-${requestId}.xlsx`,
        label: 'Download XLSX',
        symbol: 'download',
      }),
      item({
        path: `/api/archive/${requestId}`,
        name: `images-${requestId}.zip`,
        label: `Download images (ZIP, ${size(bytes.out)})`,
        symbol: 'archive',
        bytes: bytes.out,
      }),
    ],
    failedRows: (): HTMLElement =>
      item({
        path: `/api/errors/${requestId}`,
        name: `errors-${requestId}.csv`,
        label: 'Failed rows (CSV)',
        symbol: 'file',
      }),
  };
};
