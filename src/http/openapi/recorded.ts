/** Real answers to the examples of the reference, as `npm run generate` has taken them down. */
export const RECORDED = {
  requestId: '5f1c7170-84df-4db1-8832-29967c937506',
  imageId: '67597dca-e9c0-413a-8800-a4b9451352b9',
  upload: {
    requestId: '5f1c7170-84df-4db1-8832-29967c937506',
  },
  status: {
    requestId: '5f1c7170-84df-4db1-8832-29967c937506',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T12:39:47.951Z',
    startedAt: '2026-11-26T12:39:48.083Z',
    finishedAt: '2026-11-26T12:39:48.543Z',
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
            id: '67597dca-e9c0-413a-8800-a4b9451352b9',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/67597dca-e9c0-413a-8800-a4b9451352b9.jpg',
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
            id: 'cf80acdc-8881-461f-8091-0aa0919368ed',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/cf80acdc-8881-461f-8091-0aa0919368ed.jpg',
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
            id: '853b465f-c74d-446f-9bb4-f83a33fc8443',
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
        requestId: '5f1c7170-84df-4db1-8832-29967c937506',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T12:39:47.951Z',
        startedAt: '2026-11-26T12:39:48.083Z',
        finishedAt: '2026-11-26T12:39:48.543Z',
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
    id: 'qg_zevM5Erzmxixi',
    data: '{"requestId":"5f1c7170-84df-4db1-8832-29967c937506","status":"completed_with_errors","createdAt":"2026-11-26T12:39:47.951Z","startedAt":"2026-11-26T12:39:48.083Z","finishedAt":"2026-11-26T12:39:48.543Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/67597dca-e9c0-413a-8800-a4b9451352b9.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/cf80acdc-8881-461f-8091-0aa0919368ed.jpg,"\r\n',
  deliveries: {
    requestId: '5f1c7170-84df-4db1-8832-29967c937506',
    deliveries: [
      {
        id: 'msg_5f1c7170-84df-4db1-8832-29967c937506_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T12:39:48.570Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T12:39:48.783Z',
            status: 204,
            durationMs: 34,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: '5f1c7170-84df-4db1-8832-29967c937506',
    webhookId: 'msg_5f1c7170-84df-4db1-8832-29967c937506_1',
  },
  retry: {
    requestId: '5f1c7170-84df-4db1-8832-29967c937506',
  },
  cancel: {
    requestId: '5f1c7170-84df-4db1-8832-29967c937506',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 5,
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
