/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
  imageId: '528f90f5-95ea-4742-806c-cc15954cfce6',
  upload: {
    requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
  },
  status: {
    requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T17:00:34.341Z',
    startedAt: '2026-11-26T17:00:34.412Z',
    finishedAt: '2026-11-26T17:00:34.567Z',
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
            id: '528f90f5-95ea-4742-806c-cc15954cfce6',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/528f90f5-95ea-4742-806c-cc15954cfce6.jpg',
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
            id: '24ad6882-8d48-4dfc-8e6c-dcf555c18903',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/24ad6882-8d48-4dfc-8e6c-dcf555c18903.jpg',
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
            id: 'f270efca-85b7-43e1-8399-bcdbacb420ea',
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
        requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T17:00:34.341Z',
        startedAt: '2026-11-26T17:00:34.412Z',
        finishedAt: '2026-11-26T17:00:34.567Z',
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
    id: '1Gq6FQABCm1ZojDH',
    data: '{"requestId":"22a6f45a-4e62-4611-a3ae-9725d5f630c3","status":"completed_with_errors","createdAt":"2026-11-26T17:00:34.341Z","startedAt":"2026-11-26T17:00:34.412Z","finishedAt":"2026-11-26T17:00:34.567Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/528f90f5-95ea-4742-806c-cc15954cfce6.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/24ad6882-8d48-4dfc-8e6c-dcf555c18903.jpg,"\r\n',
  deliveries: {
    requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
    deliveries: [
      {
        id: 'msg_22a6f45a-4e62-4611-a3ae-9725d5f630c3_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T17:00:34.573Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T17:00:34.599Z',
            status: 204,
            durationMs: 15,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
    webhookId: 'msg_22a6f45a-4e62-4611-a3ae-9725d5f630c3_1',
  },
  retry: {
    requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
  },
  cancel: {
    requestId: '22a6f45a-4e62-4611-a3ae-9725d5f630c3',
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
