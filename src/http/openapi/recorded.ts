/** Real answers to the examples of the reference, as `npm run generate` has taken them down. */
export const RECORDED = {
  requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
  imageId: 'f9adb011-e797-4494-b8b8-b645eac1dc78',
  upload: {
    requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
  },
  status: {
    requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
    status: 'completed_with_errors',
    createdAt: '2026-11-25T10:53:53.788Z',
    startedAt: '2026-11-25T10:53:53.937Z',
    finishedAt: '2026-11-25T10:53:54.138Z',
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
            id: 'f9adb011-e797-4494-b8b8-b645eac1dc78',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/f9adb011-e797-4494-b8b8-b645eac1dc78.jpg',
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
            id: '34494e7c-4112-478d-bf63-636023578322',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/34494e7c-4112-478d-bf63-636023578322.jpg',
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
            id: '5afe3e3b-3e47-4648-9a90-f186afdc333b',
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
        requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
        status: 'completed_with_errors',
        createdAt: '2026-11-25T10:53:53.788Z',
        startedAt: '2026-11-25T10:53:53.937Z',
        finishedAt: '2026-11-25T10:53:54.138Z',
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
    id: '6-4VkbA7gFmkBcFY',
    data: '{"requestId":"f2d8510b-75d3-48e7-966b-47aa60925ab2","status":"completed_with_errors","createdAt":"2026-11-25T10:53:53.788Z","startedAt":"2026-11-25T10:53:53.937Z","finishedAt":"2026-11-25T10:53:54.138Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/f9adb011-e797-4494-b8b8-b645eac1dc78.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/34494e7c-4112-478d-bf63-636023578322.jpg,"\r\n',
  deliveries: {
    requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
    deliveries: [
      {
        id: 'msg_f2d8510b-75d3-48e7-966b-47aa60925ab2_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-25T10:53:54.144Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-25T10:53:54.178Z',
            status: 204,
            durationMs: 22,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
    webhookId: 'msg_f2d8510b-75d3-48e7-966b-47aa60925ab2_1',
  },
  retry: {
    requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
  },
  cancel: {
    requestId: 'f2d8510b-75d3-48e7-966b-47aa60925ab2',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 3,
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
