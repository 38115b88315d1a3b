import { causesOf } from '../connection-error.ts';

/** Removes the request from errors of axios, because its headers contain secrets that a log would print. */
export const withoutRequest = (error: unknown): void => {
  for (const each of causesOf(error)) {
    if (typeof each !== 'object' || each === null) continue;
    for (const name of ['config', 'request', 'response']) Reflect.deleteProperty(each, name);
  }
};
