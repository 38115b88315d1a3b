/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
  imageId: '0a258f55-ef2e-4306-bd90-46c2c2b3c617',
  upload: {
    requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
  },
  status: {
    requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T16:15:38.576Z',
    startedAt: '2026-11-26T16:15:38.673Z',
    finishedAt: '2026-11-26T16:15:38.962Z',
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
            id: '0a258f55-ef2e-4306-bd90-46c2c2b3c617',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/0a258f55-ef2e-4306-bd90-46c2c2b3c617.jpg',
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
            id: '2377dc86-3e32-4148-968b-ca68f1fcb524',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/2377dc86-3e32-4148-968b-ca68f1fcb524.jpg',
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
            id: '2872fc1b-6564-41f9-8430-49db284b355b',
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
        requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T16:15:38.576Z',
        startedAt: '2026-11-26T16:15:38.673Z',
        finishedAt: '2026-11-26T16:15:38.962Z',
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
    id: 'RJEyQdnwhTn41AQT',
    data: '{"requestId":"f4ba21d8-8a48-464c-a46b-ff8961080417","status":"completed_with_errors","createdAt":"2026-11-26T16:15:38.576Z","startedAt":"2026-11-26T16:15:38.673Z","finishedAt":"2026-11-26T16:15:38.962Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/0a258f55-ef2e-4306-bd90-46c2c2b3c617.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/2377dc86-3e32-4148-968b-ca68f1fcb524.jpg,"\r\n',
  deliveries: {
    requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
    deliveries: [
      {
        id: 'msg_f4ba21d8-8a48-464c-a46b-ff8961080417_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T16:15:38.977Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T16:15:39.058Z',
            status: 204,
            durationMs: 30,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
    webhookId: 'msg_f4ba21d8-8a48-464c-a46b-ff8961080417_1',
  },
  retry: {
    requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
  },
  cancel: {
    requestId: 'f4ba21d8-8a48-464c-a46b-ff8961080417',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 10,
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
