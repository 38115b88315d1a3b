/** Real answers to the examples of the reference, as `npm run generate` has taken them down. */
export const RECORDED = {
  requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
  imageId: '63493f66-ced2-4e16-9599-0844eba1cb30',
  upload: {
    requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
  },
  status: {
    requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T16:34:55.406Z',
    startedAt: '2026-11-26T16:34:55.636Z',
    finishedAt: '2026-11-26T16:34:56.397Z',
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
            id: '63493f66-ced2-4e16-9599-0844eba1cb30',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/63493f66-ced2-4e16-9599-0844eba1cb30.jpg',
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
            id: '9ec187c0-4fe0-47a9-82fe-e03c3b681e94',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/9ec187c0-4fe0-47a9-82fe-e03c3b681e94.jpg',
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
            id: '6f352346-beb2-4152-b984-44b8d6e936b6',
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
        requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T16:34:55.406Z',
        startedAt: '2026-11-26T16:34:55.636Z',
        finishedAt: '2026-11-26T16:34:56.397Z',
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
    id: '9blpSvIyZi36jOc8',
    data: '{"requestId":"1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71","status":"completed_with_errors","createdAt":"2026-11-26T16:34:55.406Z","startedAt":"2026-11-26T16:34:55.636Z","finishedAt":"2026-11-26T16:34:56.397Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/63493f66-ced2-4e16-9599-0844eba1cb30.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/9ec187c0-4fe0-47a9-82fe-e03c3b681e94.jpg,"\r\n',
  deliveries: {
    requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
    deliveries: [
      {
        id: 'msg_1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T16:34:56.427Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T16:34:56.582Z',
            status: 204,
            durationMs: 50,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
    webhookId: 'msg_1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71_1',
  },
  retry: {
    requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
  },
  cancel: {
    requestId: '1ddabe74-8ab1-45bf-98c9-dfc37f8b2d71',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 15,
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
