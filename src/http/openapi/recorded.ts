/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
  imageId: '22466da5-a059-42b5-b16e-9d86fc57392f',
  upload: {
    requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
  },
  status: {
    requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T17:24:00.544Z',
    startedAt: '2026-11-26T17:24:00.615Z',
    finishedAt: '2026-11-26T17:24:00.775Z',
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
            id: '22466da5-a059-42b5-b16e-9d86fc57392f',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/22466da5-a059-42b5-b16e-9d86fc57392f.jpg',
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
            id: '412d4e2d-e389-4b38-9515-67ed4bd801ea',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/412d4e2d-e389-4b38-9515-67ed4bd801ea.jpg',
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
            id: '20c525d2-b8e6-4158-9eff-23f434999294',
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
        requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T17:24:00.544Z',
        startedAt: '2026-11-26T17:24:00.615Z',
        finishedAt: '2026-11-26T17:24:00.775Z',
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
    id: 'oo9mW7A3yx_3Safj',
    data: '{"requestId":"815e0180-87a4-4c63-92ea-b705f33c5076","status":"completed_with_errors","createdAt":"2026-11-26T17:24:00.544Z","startedAt":"2026-11-26T17:24:00.615Z","finishedAt":"2026-11-26T17:24:00.775Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/22466da5-a059-42b5-b16e-9d86fc57392f.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/412d4e2d-e389-4b38-9515-67ed4bd801ea.jpg,"\r\n',
  deliveries: {
    requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
    deliveries: [
      {
        id: 'msg_815e0180-87a4-4c63-92ea-b705f33c5076_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T17:24:00.781Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T17:24:00.821Z',
            status: 204,
            durationMs: 16,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
    webhookId: 'msg_815e0180-87a4-4c63-92ea-b705f33c5076_1',
  },
  retry: {
    requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
  },
  cancel: {
    requestId: '815e0180-87a4-4c63-92ea-b705f33c5076',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 4,
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
