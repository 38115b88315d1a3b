/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
  imageId: '767b6f2c-3e9b-4bf2-9217-429e478b0542',
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
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
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
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
    name: 'products',
    status: 'completed_with_errors',
    stopping: false,
    createdAt: '2026-11-28T04:21:10.371Z',
    startedAt: '2026-11-28T04:21:10.817Z',
    finishedAt: '2026-11-28T04:21:12.076Z',
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
      skipped: 0,
      cancelled: 0,
      pending: 0,
      percent: 100,
    },
    run: {
      number: 1,
      finishedBefore: 0,
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
      savings: {
        bands: [
          {
            fromPercent: null,
            toPercent: 0,
            count: 0,
          },
          {
            fromPercent: 0,
            toPercent: 10,
            count: 0,
          },
          {
            fromPercent: 10,
            toPercent: 25,
            count: 0,
          },
          {
            fromPercent: 25,
            toPercent: 50,
            count: 0,
          },
          {
            fromPercent: 50,
            toPercent: 75,
            count: 0,
          },
          {
            fromPercent: 75,
            toPercent: 90,
            count: 2,
          },
          {
            fromPercent: 90,
            toPercent: 100,
            count: 0,
          },
        ],
        grew: {
          count: 0,
          images: [],
        },
        keptOriginal: {
          count: 0,
          images: [],
        },
        hardlySaved: {
          count: 0,
          images: [],
        },
      },
    },
    products: [
      {
        row: 1,
        serialNumber: '1',
        productName: 'Stoneware Mug "Lagoon", 350 ml',
        images: [
          {
            id: '767b6f2c-3e9b-4bf2-9217-429e478b0542',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/767b6f2c-3e9b-4bf2-9217-429e478b0542.jpg',
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
            id: '31a7b719-8d5d-41f8-8710-b5847493c3b9',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/31a7b719-8d5d-41f8-8710-b5847493c3b9.jpg',
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
            id: '41d19811-18ce-467d-82aa-f403a7a2a624',
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
  rename: {
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
    name: 'Spring catalogue',
    status: 'completed_with_errors',
    stopping: false,
    createdAt: '2026-11-28T04:21:10.371Z',
    startedAt: '2026-11-28T04:21:10.817Z',
    finishedAt: '2026-11-28T04:21:12.076Z',
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
      skipped: 0,
      cancelled: 0,
      pending: 0,
      percent: 100,
    },
    run: {
      number: 1,
      finishedBefore: 0,
    },
    bytes: {
      in: 774698,
      out: 115390,
      savedPercent: 85.1,
    },
  },
  list: {
    requests: [
      {
        requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
        name: 'Spring catalogue',
        status: 'completed_with_errors',
        stopping: false,
        createdAt: '2026-11-28T04:21:10.371Z',
        startedAt: '2026-11-28T04:21:10.817Z',
        finishedAt: '2026-11-28T04:21:12.076Z',
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
          skipped: 0,
          cancelled: 0,
          pending: 0,
          percent: 100,
        },
        run: {
          number: 1,
          finishedBefore: 0,
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
    id: 'qk6tgiC0-dBniw_c',
    data: '{"requestId":"a82238f2-0c37-479a-ba7a-10f2b5fd989f","name":"Spring catalogue","status":"completed_with_errors","stopping":false,"createdAt":"2026-11-28T04:21:10.371Z","startedAt":"2026-11-28T04:21:10.817Z","finishedAt":"2026-11-28T04:21:12.076Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"skipped":0,"cancelled":0,"pending":0,"percent":100},"run":{"number":1,"finishedBefore":0},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/767b6f2c-3e9b-4bf2-9217-429e478b0542.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/31a7b719-8d5d-41f8-8710-b5847493c3b9.jpg,"\r\n',
  errors:
    'S. No.,Product Name,Input Image Urls,Error Code,Error,What To Do\r\n2,Brass Pendant Lamp,http://127.0.0.1:8099/lamp-detail.jpg,source_not_found,The image server 127.0.0.1:8099 has no image at this URL (status 404).,It returned 404 or 410. Fix the URL.\r\n',
  deliveries: {
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
    deliveries: [
      {
        id: 'msg_a82238f2-0c37-479a-ba7a-10f2b5fd989f_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        sending: false,
        createdAt: '2026-11-28T04:21:12.230Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-28T04:21:12.624Z',
            status: 204,
            durationMs: 130,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
    webhookId: 'msg_a82238f2-0c37-479a-ba7a-10f2b5fd989f_1',
  },
  retry: {
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
  },
  cancel: {
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
  },
  remove: {
    requestId: 'a82238f2-0c37-479a-ba7a-10f2b5fd989f',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 28,
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
