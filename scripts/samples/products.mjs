import { createRandom } from './random.mjs';

/** A mug on a wooden table, in the light of a window at the left. 1600 x 1200. */
export const mug = () => `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200">
  <defs>
    <linearGradient id="wall" x1="0" y1="0" x2="1" y2=".35"><stop offset="0" stop-color="#efe6d6"/>
      <stop offset=".55" stop-color="#cfc3b1"/><stop offset="1" stop-color="#94897a"/></linearGradient>
    <linearGradient id="table" x1="0" y1="0" x2="1" y2=".4"><stop offset="0" stop-color="#c18a55"/>
      <stop offset="1" stop-color="#6f4526"/></linearGradient>
    <filter id="grain" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".0025 .07" numOctaves="5" seed="9"/>
      <feColorMatrix values="0 0 0 0 .22  0 0 0 0 .11  0 0 0 0 .04  2.6 0 0 0 -1.0"/></filter>
    <filter id="plaster" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".015" numOctaves="5" seed="3"/>
      <feColorMatrix values="0 0 0 0 .4  0 0 0 0 .35  0 0 0 0 .28  1.2 0 0 0 -.5"/></filter>
    <linearGradient id="glaze" x1="0" x2="1"><stop offset="0" stop-color="#3f6d7a"/><stop offset=".16" stop-color="#a9d3d6"/>
      <stop offset=".3" stop-color="#6ea6b0"/><stop offset=".62" stop-color="#376b7a"/><stop offset=".9" stop-color="#173742"/>
      <stop offset="1" stop-color="#2b5562"/></linearGradient>
    <linearGradient id="clay" x1="0" x2="1"><stop offset="0" stop-color="#a77d58"/><stop offset=".2" stop-color="#e2bd93"/>
      <stop offset=".6" stop-color="#a87b54"/><stop offset="1" stop-color="#5a3d28"/></linearGradient>
    <linearGradient id="inside" x1="0" x2="1"><stop offset="0" stop-color="#18343d"/><stop offset="1" stop-color="#86b7bf"/></linearGradient>
    <radialGradient id="coffee" cx=".4" cy=".35"><stop offset="0" stop-color="#8a5a33"/><stop offset=".7" stop-color="#4a2a14"/>
      <stop offset="1" stop-color="#2a160a"/></radialGradient>
    <filter id="b6"><feGaussianBlur stdDeviation="6"/></filter><filter id="b22" x="-.5" y="-1" width="2" height="3"><feGaussianBlur stdDeviation="24"/></filter>
    <filter id="b30" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="20"/></filter>
    <clipPath id="body"><path d="M520 470Q528 820 566 930Q690 985 812 930Q850 820 858 470z"/></clipPath>
  </defs>
  <rect width="1600" height="800" fill="url(#wall)"/><rect width="1600" height="800" filter="url(#plaster)" opacity=".35"/>
  <g filter="url(#b30)" fill="#fff6e0" opacity=".5"><path d="M930 60l200 46v250l-200-40z"/><path d="M1160 112l180 42v240l-180-36z"/>
    <path d="M930 345l200 42v230l-200-36z"/><path d="M1160 394l180 36v220l-180-32z"/></g>
  <rect y="760" width="1600" height="440" fill="url(#table)"/><rect y="760" width="1600" height="440" filter="url(#grain)"/>
  <rect y="752" width="1600" height="16" fill="#4a2f1c" opacity=".55" filter="url(#b6)"/>
  <ellipse cx="930" cy="950" rx="420" ry="58" fill="#1d0f06" opacity=".6" filter="url(#b22)"/>
  <ellipse cx="700" cy="948" rx="150" ry="26" fill="#120803" opacity=".8" filter="url(#b6)"/>
  <path d="M846 560C1010 520 1040 760 832 812" fill="none" stroke="#173742" stroke-width="54" stroke-linecap="round"/>
  <path d="M846 556C1000 520 1026 752 832 804" fill="none" stroke="#4f8793" stroke-width="30" stroke-linecap="round"/>
  <path d="M870 546C975 540 992 680 930 745" fill="none" stroke="#b7dde0" stroke-width="7" stroke-linecap="round" opacity=".7" filter="url(#b6)"/>
  <g clip-path="url(#body)"><rect x="500" y="440" width="380" height="560" fill="url(#clay)"/>
    <path d="M500 440h380v400q-40 26-95 6t-100 12t-95-4t-90-8z" fill="url(#glaze)"/>
    <rect x="500" y="440" width="380" height="560" filter="url(#plaster)" opacity=".5"/>
    <path d="M575 500q6 260 32 400" stroke="#fff" stroke-width="22" fill="none" opacity=".55" filter="url(#b6)"/></g>
  <ellipse cx="689" cy="470" rx="169" ry="44" fill="#a9d0d4"/><ellipse cx="689" cy="472" rx="157" ry="37" fill="url(#inside)"/>
  <ellipse cx="689" cy="487" rx="146" ry="25" fill="url(#coffee)"/><ellipse cx="650" cy="482" rx="46" ry="6" fill="#e8c79f" opacity=".6" filter="url(#b6)"/>
  <g fill="none" stroke="#fff" stroke-width="30" stroke-linecap="round" filter="url(#b30)" opacity=".42">
    <path d="M640 430q-60-90 10-160t10-180"/><path d="M730 425q50-90-10-170t20-160"/></g>
</svg>`;

/** A pendant lamp that lights a wall and a sideboard. 1600 x 1200. */
export const lamp = () => `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200">
  <defs>
    <linearGradient id="wall" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#16282c"/><stop offset="1" stop-color="#2c4a4c"/></linearGradient>
    <radialGradient id="light" gradientUnits="userSpaceOnUse" cx="800" cy="560" r="780"><stop offset="0" stop-color="#ffe7b0" stop-opacity=".95"/>
      <stop offset=".3" stop-color="#f6b763" stop-opacity=".55"/><stop offset="1" stop-color="#d07a2c" stop-opacity="0"/></radialGradient>
    <radialGradient id="halo"><stop offset="0" stop-color="#ffd58a" stop-opacity=".6"/><stop offset="1" stop-color="#e0913c" stop-opacity="0"/></radialGradient>
    <linearGradient id="brass" x1="0" x2="1"><stop offset="0" stop-color="#3b2a12"/><stop offset=".22" stop-color="#e9c987"/>
      <stop offset=".36" stop-color="#a67c3a"/><stop offset=".7" stop-color="#6b4a1d"/><stop offset=".93" stop-color="#caa25c"/><stop offset="1" stop-color="#3a2810"/></linearGradient>
    <radialGradient id="bulb"><stop offset="0" stop-color="#fff"/><stop offset=".5" stop-color="#fff3cf"/><stop offset="1" stop-color="#ffcf7a"/></radialGradient>
    <linearGradient id="wood" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#b67a45"/><stop offset=".14" stop-color="#7a4a27"/><stop offset="1" stop-color="#27170d"/></linearGradient>
    <filter id="grain" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".002 .06" numOctaves="5" seed="15"/>
      <feColorMatrix values="0 0 0 0 .08  0 0 0 0 .04  0 0 0 0 .02  2.4 0 0 0 -.9"/></filter>
    <filter id="plaster" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".02" numOctaves="6" seed="6"/>
      <feColorMatrix values="0 0 0 0 0  0 0 0 0 .03  0 0 0 0 .04  2 0 0 0 -.85"/></filter>
    <filter id="b5"><feGaussianBlur stdDeviation="5"/></filter><filter id="b20" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="22"/></filter>
    <clipPath id="cone"><path d="M555 540L60 1200H1540L1045 540z"/></clipPath>
  </defs>
  <rect width="1600" height="1200" fill="url(#wall)"/><rect width="1600" height="1200" filter="url(#plaster)" opacity=".6"/>
  <rect width="1600" height="1200" fill="url(#light)" clip-path="url(#cone)" filter="url(#b20)"/>
  <circle cx="800" cy="545" r="430" fill="url(#halo)"/>
  <rect x="796" width="8" height="260" fill="#0c0f10"/>
  <path d="M762 250h76l10 54h-96z" fill="url(#brass)"/>
  <path d="M752 300h96C1000 330 1044 440 1050 545H550C556 440 600 330 752 300z" fill="url(#brass)"/>
  <path d="M632 400q40-66 110-84" stroke="#fff4d4" stroke-width="16" fill="none" opacity=".6" filter="url(#b5)" stroke-linecap="round"/>
  <ellipse cx="800" cy="545" rx="250" ry="34" fill="#fff0c2"/><ellipse cx="800" cy="545" rx="250" ry="34" fill="none" stroke="#7d5a26" stroke-width="7"/>
  <circle cx="800" cy="562" r="46" fill="url(#bulb)"/><circle cx="800" cy="560" r="120" fill="#fff2c8" opacity=".5" filter="url(#b20)"/>
  <rect x="180" y="960" width="1240" height="240" fill="url(#wood)"/><rect x="180" y="960" width="1240" height="240" filter="url(#grain)"/>
  <path d="M800 985V1200M180 986H1420" stroke="#160c06" stroke-width="5"/><circle cx="764" cy="1090" r="13" fill="url(#brass)"/><circle cx="836" cy="1090" r="13" fill="url(#brass)"/>
  <ellipse cx="800" cy="968" rx="480" ry="16" fill="#ffd994" opacity=".55" filter="url(#b20)"/>
  <g><ellipse cx="420" cy="962" rx="130" ry="10" fill="#000" opacity=".6" filter="url(#b5)"/>
    <rect x="310" y="926" width="220" height="34" rx="4" fill="#7b2e2b"/><rect x="322" y="898" width="200" height="28" rx="4" fill="#d7c6a1"/>
    <rect x="316" y="866" width="190" height="32" rx="4" fill="#27566b"/><rect x="500" y="870" width="6" height="24" fill="#f3e6c4"/><rect x="524" y="931" width="6" height="25" fill="#f3e6c4"/></g>
  <g><ellipse cx="1160" cy="962" rx="90" ry="10" fill="#000" opacity=".6" filter="url(#b5)"/>
    <path d="M1106 800q-40 60-24 110t40 50h76q26 0 40-50t-24-110q-18-30 0-60h-108q18 30 0 60z" fill="#8a9a86"/>
    <path d="M1106 800q-30 60-16 110t30 46q-16-70 0-150t0-66h-14q18 30 0 60z" fill="#fff" opacity=".4" filter="url(#b5)"/>
    <path d="M1196 740h18q-18 30 0 60q40 60 24 110t-40 50h-18q50-80 24-150t-8-70z" fill="#1f2a24" opacity=".5" filter="url(#b5)"/></g>
</svg>`;

/** A bottle of oil before blurred lights, upright: 1200 wide, 1600 high. */
export const bottle = () => {
  const random = createRandom(42);
  const lights = Array.from({ length: 46 }, () => {
    const colour = ['#ffd27a', '#ff9e5e', '#ffe9b8', '#9fd3a4', '#f6c0a0'][Math.floor(random() * 5)];
    const [x, y, radius] = [random() * 1200, random() * 1020, 28 + random() * 74];
    return `<circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${radius.toFixed(0)}" fill="${colour}" opacity="${(0.12 + random() * 0.4).toFixed(2)}"/>`;
  }).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1600">
  <defs>
    <linearGradient id="back" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#4b5a3a"/><stop offset=".5" stop-color="#2c3a2b"/><stop offset="1" stop-color="#1a1f1a"/></linearGradient>
    <linearGradient id="stone" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#a79f93"/><stop offset="1" stop-color="#4b453e"/></linearGradient>
    <filter id="marble" x="0" y="0" width="1" height="1"><feTurbulence type="turbulence" baseFrequency=".006 .014" numOctaves="6" seed="12"/>
      <feColorMatrix values="0 0 0 0 .95  0 0 0 0 .93  0 0 0 0 .9  -7 0 0 0 1.1"/></filter>
    <linearGradient id="glass" x1="0" x2="1"><stop offset="0" stop-color="#1d2a06"/><stop offset=".12" stop-color="#8d9a2a"/><stop offset=".34" stop-color="#c8b838"/>
      <stop offset=".6" stop-color="#8e8a1f"/><stop offset=".9" stop-color="#2e360a"/><stop offset="1" stop-color="#6b741f"/></linearGradient>
    <linearGradient id="cork" x1="0" x2="1"><stop offset="0" stop-color="#7c5734"/><stop offset=".3" stop-color="#d8b07c"/><stop offset="1" stop-color="#5d3f25"/></linearGradient>
    <linearGradient id="paper" x1="0" x2="1"><stop offset="0" stop-color="#b9b09c"/><stop offset=".3" stop-color="#fbf5e6"/><stop offset=".7" stop-color="#e6dcc6"/><stop offset="1" stop-color="#8b826d"/></linearGradient>
    <filter id="b2"><feGaussianBlur stdDeviation="2.5"/></filter><filter id="b6" x="-1" width="3"><feGaussianBlur stdDeviation="6"/></filter>
    <filter id="b24" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="26"/></filter>
    <clipPath id="shape"><path d="M545 330h110v190c0 70 125 100 125 240v560q0 60-60 60H480q-60 0-60-60V760c0-140 125-170 125-240z"/></clipPath>
  </defs>
  <rect width="1200" height="1600" fill="url(#back)"/><g filter="url(#b2)">${lights}</g>
  <rect y="1180" width="1200" height="420" fill="url(#stone)"/><rect y="1180" width="1200" height="420" filter="url(#marble)" opacity=".8"/>
  <rect y="1168" width="1200" height="22" fill="#201d18" opacity=".7" filter="url(#b6)"/>
  <ellipse cx="690" cy="1392" rx="330" ry="40" fill="#0b0a08" opacity=".7" filter="url(#b24)"/>
  <ellipse cx="660" cy="1420" rx="120" ry="26" fill="#e9df6c" opacity=".55" filter="url(#b24)"/>
  <g clip-path="url(#shape)"><rect x="400" y="300" width="400" height="1100" fill="url(#glass)"/>
    <rect x="400" y="300" width="400" height="290" fill="#eef3c8" opacity=".42"/><ellipse cx="600" cy="592" rx="110" ry="13" fill="#f4ef9f" opacity=".75"/>
    <path d="M400 1330h400v70H400z" fill="#161d03" opacity=".65" filter="url(#b6)"/>
    <rect x="400" y="850" width="400" height="360" fill="url(#paper)"/><rect x="400" y="866" width="400" height="6" fill="#6f7d3a"/><rect x="400" y="1188" width="400" height="6" fill="#6f7d3a"/>
    <g fill="#5c6f2b"><path d="M600 1130V940" stroke="#5c6f2b" stroke-width="6"/>
      ${[950, 1000, 1050].map((y) => `<path d="M600 ${y + 50}q-70-8-92-62q74-4 92 62z"/><path d="M600 ${y + 36}q70-8 92-62q-74-4-92 62z"/>`).join('')}
      <ellipse cx="562" cy="1118" rx="20" ry="27" fill="#3c3f2c"/><ellipse cx="644" cy="1102" rx="19" ry="26" fill="#6b7a2c"/></g>
    <path d="M470 720q-16 60-16 120v470" stroke="#fff" stroke-width="24" fill="none" opacity=".5" filter="url(#b6)"/>
    <path d="M752 760v560" stroke="#f3f0a8" stroke-width="10" fill="none" opacity=".55" filter="url(#b6)"/>
    <path d="M566 350v170" stroke="#fff" stroke-width="12" fill="none" opacity=".6" filter="url(#b6)"/></g>
  <rect x="552" y="232" width="96" height="112" rx="10" fill="url(#cork)"/><rect x="536" y="322" width="128" height="36" rx="16" fill="#7d8a2c"/>
  <rect x="548" y="328" width="36" height="10" rx="5" fill="#fff" opacity=".6" filter="url(#b2)"/>
</svg>`;
};

/** A vase with grasses, cut out: transparent around it, with a half-transparent shadow. 1000 x 1250. */
export const vase = () => {
  const random = createRandom(7);
  const stems = Array.from({ length: 15 }, (_, number) => {
    const lean = (number - 7) * 34 + (random() - 0.5) * 30;
    const [x, y] = [500 + lean, 120 + Math.abs(number - 7) * 20 + random() * 90];
    const plume = Array.from({ length: 34 }, (__, step) => {
      const down = step * 6.5;
      const side = (step % 2 === 0 ? 1 : -1) * (5 + step * 0.55 + random() * 7);
      const [px, py] = [x - (lean * down) / 1700, y + down];
      return `M${px.toFixed(0)} ${py.toFixed(0)}q${(side * 0.5).toFixed(1)}-16 ${side.toFixed(1)}-26`;
    }).join('');
    const colour = ['#c9a66b', '#dcc08c', '#b38b52', '#e7d3a7'][number % 4];
    return `<path d="M${(500 + lean * 0.08).toFixed(0)} 640Q${(500 + lean * 0.3).toFixed(0)} 400 ${x.toFixed(0)} ${y.toFixed(0)}" stroke="#a5854f" stroke-width="3.5" fill="none"/>
      <path d="${plume}" stroke="${colour}" stroke-width="3.2" fill="none" stroke-linecap="round"/>`;
  }).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="1250">
  <defs>
    <linearGradient id="body" x1="0" x2="1"><stop offset="0" stop-color="#8e4a32"/><stop offset=".22" stop-color="#e9a584"/><stop offset=".45" stop-color="#cd7a57"/>
      <stop offset=".8" stop-color="#7b3a26"/><stop offset="1" stop-color="#9a5a42"/></linearGradient>
    <filter id="speckle" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".09" numOctaves="3" seed="2"/>
      <feColorMatrix values="0 0 0 0 .3  0 0 0 0 .13  0 0 0 0 .07  4 0 0 0 -2.3"/></filter>
    <filter id="b8" x="-.5" width="2"><feGaussianBlur stdDeviation="8"/></filter><filter id="b20" x="-.5" y="-1" width="2" height="3"><feGaussianBlur stdDeviation="16"/></filter>
    <clipPath id="shape"><path d="M432 610C452 700 330 760 320 920C312 1080 400 1160 430 1170H570C600 1160 688 1080 680 920C670 760 548 700 568 610z"/></clipPath>
  </defs>
  <ellipse cx="530" cy="1168" rx="240" ry="26" fill="#1a0f0a" fill-opacity=".5" filter="url(#b20)"/>
  ${stems}
  <ellipse cx="500" cy="610" rx="68" ry="15" fill="#4a2013"/>
  <g clip-path="url(#shape)"><rect x="300" y="590" width="400" height="600" fill="url(#body)"/>
    <g fill="none" stroke="#f3dcc0" stroke-width="9" opacity=".85"><path d="M300 850Q500 900 700 850"/><path d="M300 884Q500 934 700 884" stroke-width="4"/><path d="M300 1010Q500 1060 700 1010"/></g>
    <path d="M290 945${'q20 44 40 0t40 0'.repeat(6)}" fill="none" stroke="#f3dcc0" stroke-width="5" opacity=".8"/>
    <rect x="300" y="590" width="400" height="600" filter="url(#speckle)" opacity=".5"/>
    <path d="M455 640c0 70-92 140-96 270q0 90 30 150" stroke="#fff" stroke-width="24" fill="none" opacity=".45" filter="url(#b8)"/></g>
  <path d="M432 610a68 15 0 0 0 136 0" fill="none" stroke="#eab296" stroke-width="6"/>
</svg>`;
};

/** A snake plant in a pot on a light ground. 1200 x 1200. */
export const plant = () => {
  const random = createRandom(19);
  const leaves = Array.from({ length: 13 }, (_, number) => {
    const lean = (number - 6) * 44 + (random() - 0.5) * 26;
    const height = 620 - Math.abs(number - 6) * 46 + random() * 90;
    return { lean, height, foot: 600 + lean * 0.5, tip: 600 + lean * 1.7, order: random() };
  })
    .sort((left, right) => left.order - right.order)
    .map(({ lean, height, foot, tip }) => {
      const top = 800 - height;
      const middle = 800 - height * 0.55;
      const blade = `M${foot - 24} 830Q${foot + lean * 0.4 - 62} ${middle} ${tip} ${top}Q${foot + lean * 0.4 + 62} ${middle} ${foot + 24} 830z`;
      const bands = Array.from({ length: 16 }, (__, step) => {
        const y = top + 40 + step * (height / 15);
        return `M${foot - 140} ${y.toFixed(0)}q70 ${(-14 - random() * 16).toFixed(0)} 140 4t200-8`;
      }).join('');
      const id = `leaf${Math.round(tip)}`;
      return `<clipPath id="${id}"><path d="${blade}"/></clipPath><path d="${blade}" fill="url(#leaf)" stroke="#d9d37a" stroke-width="8"/>
        <g clip-path="url(#${id})"><path d="${bands}" stroke="#1c3b22" stroke-width="12" fill="none" opacity=".5" filter="url(#b3)"/>
        <path d="M${foot + 30} 830Q${foot + lean * 0.4 + 44} ${middle} ${tip} ${top}" stroke="#0d2113" stroke-width="26" fill="none" opacity=".4" filter="url(#b6)"/></g>`;
    })
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1200">
  <defs>
    <radialGradient id="back" cx=".4" cy=".35" r=".9"><stop offset="0" stop-color="#f7f1ea"/><stop offset=".6" stop-color="#e4d7cb"/><stop offset="1" stop-color="#b5a498"/></radialGradient>
    <linearGradient id="leaf" x1="0" x2="1"><stop offset="0" stop-color="#6fa066"/><stop offset=".5" stop-color="#4a7f50"/><stop offset="1" stop-color="#28522f"/></linearGradient>
    <linearGradient id="pot" x1="0" x2="1"><stop offset="0" stop-color="#c9c6c2"/><stop offset=".25" stop-color="#ffffff"/><stop offset=".6" stop-color="#cfcac5"/><stop offset="1" stop-color="#837c77"/></linearGradient>
    <linearGradient id="floor" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#cdb9a8"/><stop offset="1" stop-color="#e9dccf"/></linearGradient>
    <filter id="b3"><feGaussianBlur stdDeviation="3"/></filter><filter id="b6" x="-1" width="3"><feGaussianBlur stdDeviation="6"/></filter>
    <filter id="b24" x="-1" y="-1" width="3" height="3"><feGaussianBlur stdDeviation="22"/></filter>
    <clipPath id="potshape"><path d="M400 800H800L762 1090Q600 1124 438 1090z"/></clipPath>
  </defs>
  <rect width="1200" height="1200" fill="url(#back)"/><rect y="1000" width="1200" height="200" fill="url(#floor)"/><rect y="985" width="1200" height="30" fill="#a89484" opacity=".6" filter="url(#b6)"/>
  <ellipse cx="690" cy="1096" rx="330" ry="34" fill="#35261c" opacity=".55" filter="url(#b24)"/>
  <g opacity=".16" filter="url(#b24)" transform="translate(170 60)">${leaves.replaceAll('id="leaf', 'id="shade').replaceAll('url(#leaf)', '#3a2c22')}</g>
  <ellipse cx="600" cy="806" rx="196" ry="34" fill="#3a281b"/>${leaves}
  <g clip-path="url(#potshape)"><path d="M400 800H800L762 1130H438z" fill="url(#pot)"/>
    <path d="M400 800H800V838H400z" fill="#3a2c22" opacity=".18" filter="url(#b6)"/><path d="M470 820l28 270" stroke="#fff" stroke-width="26" opacity=".8" filter="url(#b6)"/></g>
  <path d="M402 806a198 34 0 0 0 396 0" fill="none" stroke="#f4f1ee" stroke-width="12"/>
</svg>`;
};
