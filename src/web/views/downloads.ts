import { type Api, type KeyStore, messageOf } from '../api.ts';
import { fill, h } from '../dom.ts';
import { size } from '../format.ts';
import { type IconName, icon } from '../icons.ts';
import type { Summary } from '../types.ts';

/** A ZIP fetched with a key is held in the browser's memory; above this size, ask first. */
const LARGE_BYTES = 500_000_000;

interface Download {
  readonly path: string;
  readonly label: string;
  readonly symbol: IconName;
  readonly look?: string;
  /** Only where it may be large. */
  readonly bytes?: number;
}

/** The server names the files (RFC 6266): behind `filename*` if the name needs more than ASCII. */
const fileNameOf = (headers: Headers): string => {
  const header = headers.get('Content-Disposition') ?? '';
  const [, encoded] = /filename\*=UTF-8''([^;]+)/.exec(header) ?? [];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  const [, quoted, plain = ''] = /filename=(?:"([^"]*)"|([^;]+))/.exec(header) ?? [];
  return quoted ?? plain;
};

/**
 * Downloads of the output, the ZIP and the failed rows: plain links without a key; with a key they are fetched and then saved, because
 * a link cannot send the header (decision 0031).
 */
export const downloads = (api: Api, keys: Pick<KeyStore, 'get'>, requestId: string, notice: HTMLElement) => {
  const fetchAndSave = async (path: string, button: HTMLButtonElement): Promise<void> => {
    button.disabled = true;
    button.setAttribute('aria-busy', 'true');
    fill(notice);
    try {
      const response = await api.call(path);
      const url = URL.createObjectURL(await response.blob());
      const anchor = h('a', { href: url, download: fileNameOf(response.headers) });
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      fill(notice, h('p', { class: 'panel panel-bad' }, messageOf(error)));
    } finally {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    }
  };

  const item = ({ path, label, symbol, look = '', bytes = 0 }: Download): HTMLElement => {
    if (keys.get() === null) {
      return h('a', { class: `button ${look}`, href: path, download: true }, icon(symbol), label);
    }
    const button = h(
      'button',
      {
        type: 'button',
        class: `button ${look}`,
        on: {
          click: () => {
            const question = `The ZIP is about ${size(bytes)}. With an API key it is loaded into this browser's memory; curl has no such limit. Continue?`;
            if (bytes < LARGE_BYTES || confirm(question)) void fetchAndSave(path, button);
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
        label: 'Download CSV',
        symbol: 'download',
        look: 'button-primary',
      }),
      item({
        path: `${output}?format=xlsx`,
        label: 'Download XLSX',
        symbol: 'download',
      }),
      item({
        path: `/api/archive/${requestId}`,
        label: `Download images (ZIP, ${size(bytes.out)})`,
        symbol: 'archive',
        bytes: bytes.out,
      }),
    ],
    failedRows: (): HTMLElement =>
      item({
        path: `/api/errors/${requestId}`,
        label: 'Download failed rows',
        symbol: 'download',
      }),
  };
};
