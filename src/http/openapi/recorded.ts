/** Real answers to the examples of the reference, as `npm run generate` has taken them down. */
export const RECORDED = {
  requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
  imageId: '906710d8-341e-40e6-aae5-6600c221036d',
  upload: {
    requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
  },
  status: {
    requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
    status: 'completed_with_errors',
    createdAt: '2026-11-25T09:57:47.241Z',
    startedAt: '2026-11-25T09:57:47.652Z',
    finishedAt: '2026-11-25T09:57:48.325Z',
    options: {
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
            id: '906710d8-341e-40e6-aae5-6600c221036d',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/906710d8-341e-40e6-aae5-6600c221036d.jpg',
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
            id: '096dd1e6-748b-4518-b931-7e9b29568b42',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/096dd1e6-748b-4518-b931-7e9b29568b42.jpg',
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
            id: 'a625cad9-5779-40fb-8ed0-8382cd27c297',
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
        requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
        status: 'completed_with_errors',
        createdAt: '2026-11-25T09:57:47.241Z',
        startedAt: '2026-11-25T09:57:47.652Z',
        finishedAt: '2026-11-25T09:57:48.325Z',
        options: {
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
    id: 'uiQNk-8UiuF7CThV',
    data: '{"requestId":"6c611a72-e405-4cdf-8d76-0adafcf31fea","status":"completed_with_errors","createdAt":"2026-11-25T09:57:47.241Z","startedAt":"2026-11-25T09:57:47.652Z","finishedAt":"2026-11-25T09:57:48.325Z","options":{"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/906710d8-341e-40e6-aae5-6600c221036d.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/096dd1e6-748b-4518-b931-7e9b29568b42.jpg,"\r\n',
  deliveries: {
    requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
    deliveries: [
      {
        id: 'msg_6c611a72-e405-4cdf-8d76-0adafcf31fea_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-25T09:57:48.344Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-25T09:57:48.525Z',
            status: 204,
            durationMs: 67,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
    webhookId: 'msg_6c611a72-e405-4cdf-8d76-0adafcf31fea_1',
  },
  retry: {
    requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
  },
  cancel: {
    requestId: '6c611a72-e405-4cdf-8d76-0adafcf31fea',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 19,
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
