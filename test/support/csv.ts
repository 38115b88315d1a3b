/** A CSV of products with one image each; `name` makes their paths unique. */
export const csvOf = (origin: string, images: number, name = 'p'): string =>
  `S. No.,Product Name,Input Image Urls\n${Array.from({ length: images }, (_, n) => `${n},P${n},${origin}/${name}-${n}.jpg`).join('\n')}\n`;
