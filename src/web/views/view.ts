import type { PageSettings } from '../../http/page-settings.ts';
import type { Api, KeyStore } from '../api.ts';

export interface View {
  readonly element: HTMLElement;
  /** For the title of the tab. */
  readonly title: string;
  /** Ends what goes on in the background. */
  readonly close?: () => void;
}

export interface Context {
  readonly api: Api;
  readonly keys: Pick<KeyStore, 'get'>;
  readonly settings: PageSettings;
}

/** A CSV that somebody chose, dropped, pasted, or the sample. */
export interface Source {
  readonly name: string;
  readonly file: Blob;
}
