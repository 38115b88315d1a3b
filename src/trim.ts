/**
 * The text without trailing `characters`. A loop, because a pattern such as `/[. ]+$/` is retried from each character
 * of a run and takes quadratic time.
 */
export const trimEnd = (text: string, characters: string): string => {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};
