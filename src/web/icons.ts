const SVG = 'http://www.w3.org/2000/svg';

/** Stroke paths in a 24 × 24 view box. */
const PATHS = {
  upload: ['M12 15.5V4', 'M7.5 8.5 12 4l4.5 4.5', 'M4 15v3a2.5 2.5 0 0 0 2.5 2.5h11A2.5 2.5 0 0 0 20 18v-3'],
  download: ['M12 4v11.5', 'M7.5 11 12 15.5l4.5-4.5', 'M4 15v3a2.5 2.5 0 0 0 2.5 2.5h11A2.5 2.5 0 0 0 20 18v-3'],
  archive: [
    'M4 8.5h16',
    'M5.5 8.5V18A2.5 2.5 0 0 0 8 20.5h8a2.5 2.5 0 0 0 2.5-2.5V8.5',
    'M3.5 4h17v4.5h-17z',
    'M10 12.5h4',
  ],
  retry: [
    'M20 11.5A8 8 0 0 0 5.6 7.2L3.5 9.5',
    'M3.5 4.5v5h5',
    'M4 12.5a8 8 0 0 0 14.4 4.3l2.1-2.3',
    'M20.5 19.5v-5h-5',
  ],
  stop: ['M7 7h10v10H7z'],
  trash: ['M4.5 7h15', 'M9.5 7V4.5h5V7', 'M6.5 7l1 13h9l1-13', 'M10 11v5.5', 'M14 11v5.5'],
  close: ['M6 6l12 12', 'M18 6 6 18'],
  back: ['M19 12H5', 'M11 6l-6 6 6 6'],
  previous: ['M14.5 6l-6 6 6 6'],
  next: ['M9.5 6l6 6-6 6'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  warning: [
    'M12 9v4.5',
    'M12 17v.01',
    'M10.4 4.3 2.7 17.6A1.9 1.9 0 0 0 4.3 20.5h15.4a1.9 1.9 0 0 0 1.6-2.9L13.6 4.3a1.9 1.9 0 0 0-3.2 0z',
  ],
  image: ['M4.5 5h15v14h-15z', 'M4.5 16l4.5-4.5 4 4 2.5-2.5 4 4', 'M15 9.2v.01'],
  file: [
    'M13.5 3.5h-6A2 2 0 0 0 5.5 5.5v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-10z',
    'M13.5 3.5v5h5',
    'M9 13h6',
    'M9 16.5h6',
  ],
  edit: ['M4.5 19.5l1-4L16 5l3 3L8.5 18.5z', 'M13.5 7.5l3 3'],
  link: ['M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1', 'M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1'],
  compare: ['M12 3.5v17', 'M9 7 4.5 12 9 17', 'M15 7l4.5 5L15 17'],
} as const;

export type IconName = keyof typeof PATHS;

/** Decorative: the meaning is in the text next to it or in the button's label. */
export const icon = (name: IconName): SVGSVGElement => {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
};
