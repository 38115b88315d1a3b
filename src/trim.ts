/**
 * The text without the characters that it ends with, out of `characters`. A loop, because a pattern such as `/[. ]+$/`
 * is tried from each character of every run and takes time that grows with the square of its length.
 */
export const trimEnd = (text: string, characters: string): string => {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};
