/** Real answers to the examples of the reference, as `npm run generate` has taken them down. */
export const RECORDED = {
  requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
  imageId: '8089c255-4834-4f35-8876-3620917b2150',
  upload: {
    requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
  },
  status: {
    requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T13:01:54.843Z',
    startedAt: '2026-11-26T13:01:55.362Z',
    finishedAt: '2026-11-26T13:01:56.292Z',
    options: {
      mozjpeg: false,
      progressive: false,
      quality: 50,
      format: 'jpeg',
    },
    progress: {
      total: 3,
      completed: 2,
      failed: 1,
      cancelled: 0,
      pending: 0,
      percent: 100,
    },
    bytes: {
      in: 774698,
      out: 115390,
      savedPercent: 85.1,
    },
    webhook: {
      url: 'http://127.0.0.1:8098/hooks/images',
      state: 'delivered',
      attempts: 1,
      lastStatus: 204,
    },
    report: {
      products: [
        {
          serialNumber: '2',
          productName: 'Brass Pendant Lamp',
          images: 1,
          bytesIn: 413081,
          bytesOut: 61129,
          savedPercent: 85.2,
        },
        {
          serialNumber: '1',
          productName: 'Stoneware Mug "Lagoon", 350 ml',
          images: 1,
          bytesIn: 361617,
          bytesOut: 54261,
          savedPercent: 85,
        },
      ],
      productCount: 2,
      failures: [
        {
          code: 'source_not_found',
          count: 1,
          origins: [
            {
              origin: 'http://127.0.0.1:8099',
              count: 1,
            },
          ],
        },
      ],
    },
    products: [
      {
        serialNumber: '1',
        productName: 'Stoneware Mug "Lagoon", 350 ml',
        images: [
          {
            id: '8089c255-4834-4f35-8876-3620917b2150',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/8089c255-4834-4f35-8876-3620917b2150.jpg',
            contentType: 'image/jpeg',
            bytesIn: 361617,
            bytesOut: 54261,
            width: 1600,
            height: 1200,
            notes: [],
            attempts: 1,
            error: null,
          },
        ],
      },
      {
        serialNumber: '2',
        productName: 'Brass Pendant Lamp',
        images: [
          {
            id: '371de510-e47a-43c9-a7fa-e92d8fc98353',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/371de510-e47a-43c9-a7fa-e92d8fc98353.jpg',
            contentType: 'image/jpeg',
            bytesIn: 413081,
            bytesOut: 61129,
            width: 1600,
            height: 1200,
            notes: [],
            attempts: 1,
            error: null,
          },
          {
            id: '5df82bf4-fc03-4e37-a972-b15b5e42c5f5',
            index: 1,
            inputUrl: 'http://127.0.0.1:8099/lamp-detail.jpg',
            status: 'failed',
            outputUrl: null,
            contentType: null,
            bytesIn: null,
            bytesOut: null,
            width: null,
            height: null,
            notes: [],
            attempts: 1,
            error: {
              code: 'source_not_found',
              message: 'The image server 127.0.0.1:8099 has no image at this URL (status 404).',
            },
          },
        ],
      },
    ],
    next: null,
  },
  list: {
    requests: [
      {
        requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T13:01:54.843Z',
        startedAt: '2026-11-26T13:01:55.362Z',
        finishedAt: '2026-11-26T13:01:56.292Z',
        options: {
          mozjpeg: false,
          progressive: false,
          quality: 50,
          format: 'jpeg',
        },
        progress: {
          total: 3,
          completed: 2,
          failed: 1,
          cancelled: 0,
          pending: 0,
          percent: 100,
        },
        bytes: {
          in: 774698,
          out: 115390,
          savedPercent: 85.1,
        },
      },
    ],
    next: null,
  },
  events: {
    event: 'end',
    id: 'XpRwcArOxhLdOhq7',
    data: '{"requestId":"eb887944-177e-45d2-82ad-d629b40aa5af","status":"completed_with_errors","createdAt":"2026-11-26T13:01:54.843Z","startedAt":"2026-11-26T13:01:55.362Z","finishedAt":"2026-11-26T13:01:56.292Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/8089c255-4834-4f35-8876-3620917b2150.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/371de510-e47a-43c9-a7fa-e92d8fc98353.jpg,"\r\n',
  deliveries: {
    requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
    deliveries: [
      {
        id: 'msg_eb887944-177e-45d2-82ad-d629b40aa5af_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T13:01:56.342Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T13:01:56.424Z',
            status: 204,
            durationMs: 87,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
    webhookId: 'msg_eb887944-177e-45d2-82ad-d629b40aa5af_1',
  },
  retry: {
    requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
  },
  cancel: {
    requestId: 'eb887944-177e-45d2-82ad-d629b40aa5af',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 12,
  },
  ready: {
    status: 'ready',
    checks: {
      database: {
        ok: true,
      },
      storage: {
        ok: true,
      },
      service: {
        ok: true,
      },
    },
  },
};
