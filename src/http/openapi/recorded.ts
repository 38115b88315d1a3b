/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
  imageId: '91e28e32-7378-4b9d-a1b7-ab7e95bf94e0',
  upload: {
    requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
  },
  status: {
    requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T17:03:30.785Z',
    startedAt: '2026-11-26T17:03:30.856Z',
    finishedAt: '2026-11-26T17:03:31.046Z',
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
            id: '91e28e32-7378-4b9d-a1b7-ab7e95bf94e0',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/91e28e32-7378-4b9d-a1b7-ab7e95bf94e0.jpg',
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
            id: '354642ad-ca21-4ea7-8bab-9bf56deed6e1',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/354642ad-ca21-4ea7-8bab-9bf56deed6e1.jpg',
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
            id: '03307063-b942-45d7-ac22-b8704f5e23fb',
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
        requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T17:03:30.785Z',
        startedAt: '2026-11-26T17:03:30.856Z',
        finishedAt: '2026-11-26T17:03:31.046Z',
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
    id: 'fQRv2zkOwfbI3_HQ',
    data: '{"requestId":"e18143a6-23b0-418d-a6e0-bc73f33f4f1a","status":"completed_with_errors","createdAt":"2026-11-26T17:03:30.785Z","startedAt":"2026-11-26T17:03:30.856Z","finishedAt":"2026-11-26T17:03:31.046Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/91e28e32-7378-4b9d-a1b7-ab7e95bf94e0.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/354642ad-ca21-4ea7-8bab-9bf56deed6e1.jpg,"\r\n',
  deliveries: {
    requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
    deliveries: [
      {
        id: 'msg_e18143a6-23b0-418d-a6e0-bc73f33f4f1a_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T17:03:31.053Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T17:03:31.092Z',
            status: 204,
            durationMs: 18,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
    webhookId: 'msg_e18143a6-23b0-418d-a6e0-bc73f33f4f1a_1',
  },
  retry: {
    requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
  },
  cancel: {
    requestId: 'e18143a6-23b0-418d-a6e0-bc73f33f4f1a',
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
