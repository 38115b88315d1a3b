const NUMBERS = /^\d+(,\d+)*$/;

/**
 * The numbers of `--only 1,5`; undefined when it is not given.
 * @throws Error for anything else, with a message for people
 */
export const parseNumbers = (text) => {
  if (text !== undefined && !NUMBERS.test(text)) throw new Error('--only takes numbers such as 1,5');
  return text?.split(',').map(Number);
};
