import type { PageSettings } from '../../http/page-settings.ts';
import type { Api, KeyStore } from '../api.ts';

export interface View {
  readonly element: HTMLElement;
  /** Tab title. */
  readonly title: string;
  /** Stops background work. */
  readonly close?: () => void;
}

export interface Context {
  readonly api: Api;
  readonly keys: Pick<KeyStore, 'get'>;
  readonly settings: PageSettings;
}
