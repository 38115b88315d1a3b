import { createRandom, ridge } from './random.mjs';

const WIDTH = 1600;
const HEIGHT = 1200;

/** Layers of ridges under a low sun, each nearer one darker; fir trees on the nearest. */
export const mountains = () => {
  const random = createRandom(11);
  const layers = [
    { base: 560, reach: 190, fill: '#b98f97', roughness: 0.52 },
    { base: 660, reach: 200, fill: '#94707f', roughness: 0.52 },
    { base: 770, reach: 190, fill: '#6b5369', roughness: 0.5 },
    { base: 890, reach: 160, fill: '#463b55', roughness: 0.5 },
    { base: 1010, reach: 120, fill: '#1b1d2f', roughness: 0.48 },
  ].map(({ base, reach, fill, roughness }, number) => {
    const heights = ridge(random, 9, roughness);
    const points = heights.map((height, index) => [(index * WIDTH) / (heights.length - 1), base - height * reach]);
    const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
    const mist = `<rect y="${base - 20}" width="${WIDTH}" height="200" fill="url(#mist)" opacity="${(0.56 - number * 0.14).toFixed(2)}"/>`;
    return { points, svg: `<polygon points="0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}" fill="${fill}"/>${mist}` };
  });
  const [nearest] = layers.slice(-1);
  const trees = nearest.points
    .filter(() => random() < 0.62)
    .map(([x, y]) => fir(x + (random() - 0.5) * 6, y + 14 + random() * 30, 30 + random() * 62))
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
  <defs>
    <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#3d5a80"/><stop offset=".3" stop-color="#8f9fb5"/>
      <stop offset=".48" stop-color="#f0c9a0"/><stop offset=".62" stop-color="#f6a76b"/>
    </linearGradient>
    <radialGradient id="sun"><stop offset="0" stop-color="#fff8e2"/><stop offset=".16" stop-color="#ffedc4"/>
      <stop offset=".2" stop-color="#ffd99a" stop-opacity=".65"/><stop offset="1" stop-color="#ffc27a" stop-opacity="0"/></radialGradient>
    <linearGradient id="mist" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ffd9b8" stop-opacity="0"/>
      <stop offset="1" stop-color="#ffd2b0"/></linearGradient>
    <filter id="clouds" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".0022 .009" numOctaves="6" seed="4"/>
      <feColorMatrix values="0 0 0 0 1  0 0 0 0 .93  0 0 0 0 .87  3.2 0 0 0 -1.55"/></filter>
  </defs>
  <rect width="${WIDTH}" height="${HEIGHT}" fill="url(#sky)"/>
  <rect width="${WIDTH}" height="620" filter="url(#clouds)" opacity=".6"/>
  <circle cx="1090" cy="470" r="420" fill="url(#sun)"/>
  ${layers.map(({ svg }) => svg).join('')}
  <g fill="#1b1d2f">${trees}</g>
</svg>`;
};

const fir = (x, foot, height) => {
  const half = height * 0.2;
  const tiers = [0, 0.24, 0.48].map((start) => {
    const top = foot - height + start * height;
    const wide = half * (0.45 + start * 1.15);
    return `M${x.toFixed(1)} ${top.toFixed(1)}l${wide.toFixed(1)} ${(height * 0.44).toFixed(1)}h${(-2 * wide).toFixed(1)}z`;
  });
  return `<path d="${tiers.join('')}"/>`;
};

/** The sea at dusk: turbulence stretched towards the viewer for waves, and the sun's path on the water. */
export const sea = () => `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
  <defs>
    <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#1f3a5f"/>
      <stop offset=".55" stop-color="#7f8fb0"/><stop offset=".85" stop-color="#f2b28c"/><stop offset="1" stop-color="#ffd8a3"/></linearGradient>
    <linearGradient id="water" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#c99a86"/>
      <stop offset=".25" stop-color="#5d7390"/><stop offset="1" stop-color="#12314f"/></linearGradient>
    <radialGradient id="glow"><stop offset="0" stop-color="#fff6d8"/><stop offset=".1" stop-color="#ffe9b5"/>
      <stop offset=".14" stop-color="#ffc98a" stop-opacity=".7"/><stop offset="1" stop-color="#ffb877" stop-opacity="0"/></radialGradient>
    <linearGradient id="path" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ffe9b5" stop-opacity=".95"/>
      <stop offset="1" stop-color="#ffc98a" stop-opacity="0"/></linearGradient>
    <filter id="clouds" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".0016 .008" numOctaves="6" seed="23"/>
      <feColorMatrix values="0 0 0 0 .98  0 0 0 0 .78  0 0 0 0 .7  3.6 0 0 0 -1.7"/></filter>
    <filter id="far" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".012 .16" numOctaves="4" seed="8"/>
      <feColorMatrix values="0 0 0 0 .04  0 0 0 0 .12  0 0 0 0 .22  4 0 0 0 -1.75"/></filter>
    <filter id="near" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".004 .03" numOctaves="6" seed="5"/>
      <feColorMatrix values="0 0 0 0 .02  0 0 0 0 .09  0 0 0 0 .19  5 0 0 0 -2.3"/></filter>
    <filter id="foam" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".005 .05" numOctaves="6" seed="77"/>
      <feColorMatrix values="0 0 0 0 .93  0 0 0 0 .85  0 0 0 0 .8  9 0 0 0 -5.3"/></filter>
    <filter id="sparkle" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".02 .14" numOctaves="3" seed="31" result="n"/>
      <feColorMatrix in="n" values="0 0 0 0 1  0 0 0 0 1  0 0 0 0 1  9 0 0 0 -4.3" result="mask"/>
      <feComposite in="SourceGraphic" in2="mask" operator="in"/></filter>
    <filter id="soft"><feGaussianBlur stdDeviation="14"/></filter>
  </defs>
  <rect width="${WIDTH}" height="640" fill="url(#sky)"/>
  <rect width="${WIDTH}" height="600" filter="url(#clouds)" opacity=".75"/>
  <circle cx="620" cy="575" r="430" fill="url(#glow)"/>
  <path d="M1060 622q70-52 150-60q60-42 130-22q80 8 120 42q90 6 140 40v6H1060z" fill="#4a4a63" opacity=".9"/>
  <rect y="625" width="${WIDTH}" height="575" fill="url(#water)"/>
  <rect y="625" width="${WIDTH}" height="220" filter="url(#far)" opacity=".6"/>
  <rect y="790" width="${WIDTH}" height="410" filter="url(#near)" opacity=".75"/>
  <polygon points="590,625 650,625 800,1200 440,1200" fill="url(#path)" filter="url(#soft)" opacity=".4"/>
  <polygon points="575,625 665,625 900,1200 340,1200" fill="url(#path)" filter="url(#sparkle)"/>
  <rect y="900" width="${WIDTH}" height="300" filter="url(#foam)" opacity=".28"/>
</svg>`;
