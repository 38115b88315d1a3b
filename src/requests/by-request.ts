/** Images by their request, in their order; those of other requests are left out. */
export const byRequest = <Image extends { readonly requestId: string }>(
  requestIds: readonly string[],
  images: readonly Image[],
): Map<string, Image[]> => {
  const groups = new Map<string, Image[]>(requestIds.map((requestId) => [requestId, []]));
  for (const image of images) groups.get(image.requestId)?.push(image);
  return groups;
};
