/** Exit codes; the help lists them. */
export const EXIT = { done: 0, someFailed: 1, invalidInput: 2, notDone: 3, interrupted: 130 } as const;
