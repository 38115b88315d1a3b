import { catalogue } from './photos.mjs';

/** A thousand images on a busy machine. */
const LONGEST_MS = 300_000;

const upload = (csv, name = 'spring-catalogue.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) });

const INVALID_CSV = `S. No.,Product Name,Input Image Urls
1,Stoneware Mug,https://shop.example/images/mug.jpg
2,Brass Pendant Lamp,shop.example/images/lamp.jpg
3,"Art Print Duo, 50 × 40 cm","https://shop.example/images/mountains.jpg, ftp://old.shop.example/sea.jpg"
4,Olive Oil Extra Virgin,https//shop.example/images/oil.jpg
5,Terracotta Vase with Grasses,https://cdn.shop.example/w_300,c_fill/vase.png
`;

/** A shop's export with two image columns, a row without an image, and a URL that is repaired. */
const SHOP_EXPORT = `Handle,Title,Vendor,Variant SKU,Variant Price,Image Src,Variant Image
mug,"Stoneware Mug ""Lagoon""",Kiln & Co,MUG-BLUE,12.00,https://cdn.shop.example/mug.jpg,https://cdn.shop.example/mug-blue.jpg
mug,,,MUG-RED,12.00,,https://cdn.shop.example/mug-red.jpg?v=1&amp;w=800
lamp,Brass Pendant Lamp,Studio North,LAMP,189.00,https://cdn.shop.example/lamp.jpg|https://cdn.shop.example/lamp-detail.jpg,
lamp,,,LAMP-CORD,9.50,,
vase,Terracotta Vase,Kiln & Co,VASE,34.00,"https://cdn.shop.example/w_300,c_fill/vase.png",
`;

const choose = async (page, csv, name) => {
  await page.locator('#file').setInputFiles(upload(csv, name));
  await page.getByRole('heading', { name: 'Preview' }).waitFor();
};
const compress = (page) => page.getByRole('button', { name: /^Compress/ }).click();
const ended = (page, outcome) => page.locator('.job-outcome', { hasText: outcome }).waitFor({ timeout: LONGEST_MS });
/** Waits for visible images and animations; off-screen animations never end. */
const still = async (page) => {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(500);
};
const top = (page) => page.evaluate(() => window.scrollTo(0, 0));

/** The screenshots in order; each scene leaves jobs for the following ones. */
export const scenes = [
  {
    name: 'errors',
    width: 1200,
    height: 820,
    take: async ({ page }) => choose(page, INVALID_CSV),
  },
  {
    name: 'columns',
    width: 1200,
    height: 1000,
    take: async ({ page }) => {
      await choose(page, SHOP_EXPORT, 'shopify-products.csv');
      await still(page);
    },
  },
  {
    name: 'compare',
    width: 1200,
    height: 860,
    take: async ({ page }) => {
      await page.getByRole('button', { name: 'Try a sample' }).click();
      await compress(page);
      await ended(page, '9 images compressed');
      await page.getByRole('button', { name: /Lamp/ }).click();
      await page.getByRole('slider').press('ArrowRight');
      await still(page);
    },
  },
  {
    name: 'running',
    width: 1200,
    height: 1000,
    take: async ({ page, origin }) => {
      await choose(page, catalogue(origin, 1000));
      await compress(page);
      await page.waitForFunction(
        () => Number(document.querySelector('.bar')?.getAttribute('aria-valuenow')) >= 30,
        null,
        {
          timeout: LONGEST_MS,
        },
      );
      await page.locator('.tile-completed img').nth(8).waitFor();
      await top(page);
    },
    after: async ({ page }) => ended(page, '1,000 images compressed'),
  },
  {
    name: 'failures',
    width: 1200,
    height: 1150,
    take: async ({ page, origin }) => {
      await choose(
        page,
        catalogue(origin, 60, (n) => (n % 17 === 3 ? 'gone' : n % 29 === 8 ? 'login' : null)),
      );
      await compress(page);
      await ended(page, /of 60 images compressed/);
      await page.getByRole('heading', { name: /failed images/ }).waitFor();
      await still(page);
      await top(page);
    },
  },
  {
    name: 'done-dark',
    width: 1200,
    height: 1000,
    scheme: 'dark',
    take: async ({ page }) => {
      await page.locator('.history-entry').nth(2).click();
      await ended(page, '9 images compressed');
      await page.locator('.tile-completed img').nth(8).waitFor();
      await still(page);
    },
  },
  {
    name: 'start',
    width: 1200,
    height: 1000,
    take: async ({ page }) => {
      await page.locator('.history-entry').first().waitFor();
      await still(page);
    },
  },
  ...['light', 'dark'].map((scheme) => ({
    name: `phone-${scheme}`,
    width: 390,
    height: 844,
    scheme,
    mobile: true,
    scale: 2,
    take: async ({ page }) => {
      await page
        .locator('.history-entry')
        .nth(scheme === 'light' ? 1 : 2)
        .click();
      await page.locator('.tile-completed img').first().waitFor();
      await still(page);
      await top(page);
      if (scheme === 'light')
        await page.getByRole('heading', { name: 'Images', exact: true }).evaluate((one) => one.scrollIntoView());
      await still(page);
    },
  })),
];
