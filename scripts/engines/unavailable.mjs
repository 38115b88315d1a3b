/** The engine is not on this machine and cannot be installed; its message says what is missing. */
export class Unavailable extends Error {}
