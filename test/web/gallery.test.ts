import { describeInBrowser, heading, START_MS, sendCsv, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look } from '../support/look.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const SHAPES = {
  portrait: { width: 300, height: 900 },
  square: { width: 600, height: 600 },
  landscape: { width: 1200, height: 400 },
  tiny: { width: 40, height: 30 },
} as const;

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/** The picture and its frame as the browser lays them out, once the picture is loaded. */
const FRAMES = `Promise.all([...document.querySelectorAll('.tile-frame img')].map(async (image) => {
  await image.decode();
  return [image.getBoundingClientRect().toJSON(), image.parentElement.getBoundingClientRect().toJSON()];
}))`;

describeInBrowser('the gallery', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    for (const [name, size] of Object.entries(SHAPES)) {
      pictures.on(`/${name}.jpg`, ok(await makeImage('jpeg', { ...size, quality: 90 })));
    }
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])(
    'pictures are shown whole and never enlarged: %s',
    async (name) => {
      const { page, errors, close } = await browser.open(service.url, LOOKS[name]);
      const shapes = Object.keys(SHAPES);
      await sendCsv(
        page,
        HEADER + shapes.map((shape, n) => `${n},${shape},${pictures.url(`/${shape}.jpg`)}\n`).join(''),
      );
      await heading(page, '4 images compressed').waitFor();
      const last = page.locator('.tile-completed').nth(3);
      await last.scrollIntoViewIfNeeded();
      const frames = (await page.evaluate(FRAMES)) as [picture: Rectangle, frame: Rectangle][];
      expect(frames).toHaveLength(4);
      for (const [index, [picture, frame]] of frames.entries()) {
        const { width, height } = Object.values(SHAPES)[index] ?? { width: 0, height: 0 };
        expect(picture.left).toBeGreaterThanOrEqual(frame.left - 0.5);
        expect(picture.top).toBeGreaterThanOrEqual(frame.top - 0.5);
        expect(picture.right).toBeLessThanOrEqual(frame.right + 0.5);
        expect(picture.bottom).toBeLessThanOrEqual(frame.bottom + 0.5);
        expect(picture.width / picture.height).toBeCloseTo(width / height, 1);
        expect(picture.width).toBeLessThanOrEqual(width);
      }
      await look(page, `gallery-shapes-${name}`);
      expect(errors).toEqual([]);
      await close();
    },
  );
});
