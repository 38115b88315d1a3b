/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
  imageId: '43790c24-53b5-4415-ac6f-45fad1385725',
  preview: {
    file: {
      kind: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      sheet: null,
      headerLine: 1,
      columns: {
        images: ['Input Image Urls'],
        serialNumber: 'S. No.',
        productName: 'Product Name',
      },
      rows: 2,
      rowsWithoutImages: 0,
      images: 3,
      notes: [],
    },
    sheets: [],
    header: ['S. No.', 'Product Name', 'Input Image Urls'],
    sample: [
      {
        line: 2,
        cells: ['1', 'Stoneware Mug "Lagoon", 350 ml', 'http://127.0.0.1:8099/mug.jpg'],
        serialNumber: '1',
        productName: 'Stoneware Mug "Lagoon", 350 ml',
        images: [
          {
            url: 'http://127.0.0.1:8099/mug.jpg',
            column: 'Input Image Urls',
          },
        ],
      },
      {
        line: 3,
        cells: ['2', 'Brass Pendant Lamp', 'http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg'],
        serialNumber: '2',
        productName: 'Brass Pendant Lamp',
        images: [
          {
            url: 'http://127.0.0.1:8099/lamp.jpg',
            column: 'Input Image Urls',
          },
          {
            url: 'http://127.0.0.1:8099/lamp-detail.jpg',
            column: 'Input Image Urls',
          },
        ],
      },
    ],
    errors: [],
    errorCount: 0,
    errorKinds: [],
  },
  upload: {
    requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
    file: {
      kind: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      sheet: null,
      headerLine: 1,
      columns: {
        images: ['Input Image Urls'],
        serialNumber: 'S. No.',
        productName: 'Product Name',
      },
      rows: 2,
      rowsWithoutImages: 0,
      images: 3,
      notes: [],
    },
  },
  status: {
    requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
    status: 'completed_with_errors',
    createdAt: '2026-11-27T20:10:44.950Z',
    startedAt: '2026-11-27T20:10:45.073Z',
    finishedAt: '2026-11-27T20:10:45.267Z',
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
          row: 2,
          serialNumber: '2',
          productName: 'Brass Pendant Lamp',
          images: 1,
          bytesIn: 413081,
          bytesOut: 61129,
          savedPercent: 85.2,
        },
        {
          row: 1,
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
      sameBytes: [],
    },
    products: [
      {
        row: 1,
        serialNumber: '1',
        productName: 'Stoneware Mug "Lagoon", 350 ml',
        images: [
          {
            id: '43790c24-53b5-4415-ac6f-45fad1385725',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/43790c24-53b5-4415-ac6f-45fad1385725.jpg',
            contentType: 'image/jpeg',
            bytesIn: 361617,
            bytesOut: 54261,
            width: 1600,
            height: 1200,
            notes: ['uncalibrated_colours'],
            attempts: 1,
            error: null,
          },
        ],
      },
      {
        row: 2,
        serialNumber: '2',
        productName: 'Brass Pendant Lamp',
        images: [
          {
            id: '75260b39-6e34-49e0-84cb-0a0159ba374e',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/75260b39-6e34-49e0-84cb-0a0159ba374e.jpg',
            contentType: 'image/jpeg',
            bytesIn: 413081,
            bytesOut: 61129,
            width: 1600,
            height: 1200,
            notes: ['uncalibrated_colours'],
            attempts: 1,
            error: null,
          },
          {
            id: '991083e4-262a-4e73-b602-e7a917b2eb0b',
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
        requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
        status: 'completed_with_errors',
        createdAt: '2026-11-27T20:10:44.950Z',
        startedAt: '2026-11-27T20:10:45.073Z',
        finishedAt: '2026-11-27T20:10:45.267Z',
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
    id: 'myCx4yF64M7QDxFL',
    data: '{"requestId":"79732e22-5515-450e-9e22-74edb8bf8574","status":"completed_with_errors","createdAt":"2026-11-27T20:10:44.950Z","startedAt":"2026-11-27T20:10:45.073Z","finishedAt":"2026-11-27T20:10:45.267Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/43790c24-53b5-4415-ac6f-45fad1385725.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/75260b39-6e34-49e0-84cb-0a0159ba374e.jpg,"\r\n',
  errors:
    'S. No.,Product Name,Input Image Urls,Error Code,Error,What To Do\r\n2,Brass Pendant Lamp,http://127.0.0.1:8099/lamp-detail.jpg,source_not_found,The image server 127.0.0.1:8099 has no image at this URL (status 404).,It answered 404 or 410. Correct the URL.\r\n',
  deliveries: {
    requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
    deliveries: [
      {
        id: 'msg_79732e22-5515-450e-9e22-74edb8bf8574_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-27T20:10:45.280Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-27T20:10:45.330Z',
            status: 204,
            durationMs: 23,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
    webhookId: 'msg_79732e22-5515-450e-9e22-74edb8bf8574_1',
  },
  retry: {
    requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
  },
  cancel: {
    requestId: '79732e22-5515-450e-9e22-74edb8bf8574',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 6,
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
