import sharp from 'sharp';
import { ImageServer, ok } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded } from '../support/service.ts';

let service: TestService;
let images: ImageServer;
beforeAll(async () => {
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#c33' } });
  const exif = { IFD0: { Artist: 'Ann', Make: 'SECRET' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } };
  const jpeg = await picture.withExif(exif).jpeg().toBuffer();
  images = await ImageServer.start({ '/a.jpg': ok(jpeg) });
  service = await startTestService();
});
afterAll(async () => {
  await service?.close();
  await images?.close();
});

const csv = () => `S. No.,Product Name,Input Image Urls\n1,P,${images.url('/a.jpg')}\n`;

const outputOf = async (fields: Readonly<Record<string, string>>) => {
  const id = await uploaded(service.url, csv(), fields);
  const status = await finished(service.url, id);
  const [image] = status.products[0]?.images ?? [];
  const bytes = Buffer.from(await (await fetch(image?.outputUrl ?? '')).arrayBuffer());
  return { bytes, ...(await sharp(bytes).metadata()) };
};

test('metadata=rights reaches the worker, and an upload without it has none', async () => {
  const kept = await outputOf({ metadata: 'rights' });
  expect(kept.xmp?.toString()).toContain('<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li></rdf:Seq></dc:creator>');
  expect([kept.exif, kept.bytes.includes('SECRET')]).toEqual([undefined, false]);
  const plain = await outputOf({});
  expect([plain.xmp, plain.exif]).toEqual([undefined, undefined]);
});

test('an upload key is for one choice of metadata; the default is the same as none', async () => {
  const send = (metadata?: string) => {
    const form = new FormData();
    if (metadata !== undefined) form.set('metadata', metadata);
    form.set('file', new Blob([csv()], { type: 'text/csv' }), 'products.csv');
    return fetch(`${service.url}/api/upload`, {
      method: 'POST',
      body: form,
      headers: { 'Idempotency-Key': 'rights-key' },
    });
  };
  const [first, again, other] = [await send(), await send('none'), await send('rights')];
  expect([first.status, again.status, other.status]).toEqual([202, 202, 422]);
  expect(again.headers.get('Idempotency-Replayed')).toBe('true');
  expect(await other.json()).toMatchObject({ code: 'idempotency_key_reused' });
  const { requestId } = (await first.json()) as { requestId: string };
  await finished(service.url, requestId);
});
