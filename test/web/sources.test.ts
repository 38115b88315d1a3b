import { gzipSync } from 'node:zlib';
import writeWorkbook from 'write-excel-file/node';
import { chooseCsv, describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';
import { startTestService, type TestService } from '../support/service.ts';

describeInBrowser('workbooks and links on the page', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    pictures.on('/a.jpg', ok(await makeImage('jpeg')));
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const workbook = async (): Promise<Buffer> => {
    const text = (value: string) => ({ type: String, value });
    const sheet = (name: string, product: string) => ({
      sheet: name,
      data: [
        [text('Product'), text('Image')],
        [text(product), text(pictures.url('/a.jpg'))],
      ],
    });
    return writeWorkbook([sheet('Spring', 'Mug'), sheet('Autumn', 'Lamp')]).toBuffer();
  };

  test('a workbook is previewed by the server, its sheet can be chosen, and it is compressed', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await page.locator('#file').setInputFiles({ name: 'list.xlsx', mimeType: '', buffer: await workbook() });
    await page.getByRole('cell', { name: 'Mug' }).waitFor();
    await page.getByText('Excel workbook · sheet “Spring”').waitFor();
    await page.getByLabel('Sheet').selectOption('Autumn');
    await page.getByRole('cell', { name: 'Lamp' }).waitFor();
    await page.getByLabel('Product name').selectOption('None');
    await page.getByRole('cell', { name: 'Row 1' }).waitFor();
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await heading(page, '1 image compressed').waitFor();
    await page.getByRole('button', { name: /^Row 1/ }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('a link is downloaded by the server; one that leads nowhere says why', async () => {
    pictures.on('/lists/spring.csv', ok(Buffer.from(`Name,Image\nMug,${pictures.url('/a.jpg')}\n`), 'text/csv'));
    pictures.on('/gone.csv', status(404));
    const { page, close } = await browser.open(service.url);
    const open = async (path: string): Promise<void> => {
      await page.getByLabel(/paste a link/).fill(pictures.url(path));
      await page.getByRole('button', { name: 'Open', exact: true }).click();
    };
    await open('/gone.csv');
    await page.getByText(/has no file at this URL \(status 404\)/).waitFor();
    expect(await page.getByRole('button', { name: 'Compress' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Choose a different file' }).click();
    await open('/lists/spring.csv');
    await heading(page, 'spring.csv').waitFor();
    await page.getByRole('cell', { name: 'Mug' }).waitFor();
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await heading(page, '1 image compressed').waitFor();
    await close();
  });

  test('a CSV in gzip is read as the CSV in it', async () => {
    const { page, close } = await browser.open(service.url);
    const buffer = gzipSync(`Name,Image\nMug,${pictures.url('/a.jpg')}\n`);
    await page.locator('#file').setInputFiles({ name: 'list.csv.gz', mimeType: 'application/gzip', buffer });
    await page.getByRole('cell', { name: 'Mug' }).waitFor();
    await page.getByRole('button', { name: 'Compress 1 image' }).waitFor();
    await close();
  });

  test('the errors of a file are counted by kind', async () => {
    const { page, close } = await browser.open(service.url);
    await chooseCsv(page, `Name,Image\n${'x'.repeat(600)},ftp://a.example/1.jpg\nMug,nope\n`);
    await page.getByRole('heading', { name: '3 errors found' }).waitFor();
    const kinds = page.getByRole('list', { name: 'Errors by kind' }).getByRole('listitem');
    expect(await kinds.allTextContents()).toEqual(['Invalid URL2', 'Value too long1']);
    await close();
  });
});
