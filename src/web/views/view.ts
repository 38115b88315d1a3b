import type { PageSettings } from '../../http/page-settings.ts';
import type { Api, KeyStore } from '../api.ts';

export interface View {
  readonly element: HTMLElement;
  /** Tab title. */
  readonly title: string;
  /** Opens the image at a position over it, or closes the one that is open. */
  readonly showImage?: (position: number | null) => void;
  /** Stops background work. */
  readonly close?: () => void;
}

export interface Context {
  readonly api: Api;
  readonly keys: Pick<KeyStore, 'get'>;
  readonly settings: PageSettings;
}
