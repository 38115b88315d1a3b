/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
  imageId: '40674e59-0edf-4251-894f-41875ca3401c',
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
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
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
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
    name: 'products',
    label: null,
    metadata: {},
    status: 'completed_with_errors',
    stopping: false,
    createdAt: '2026-11-28T12:40:55.892Z',
    startedAt: '2026-11-28T12:40:56.346Z',
    finishedAt: '2026-11-28T12:40:57.230Z',
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
            id: '40674e59-0edf-4251-894f-41875ca3401c',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/40674e59-0edf-4251-894f-41875ca3401c.jpg',
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
            id: '2010ca68-f814-422e-8b01-1c9d5a62e612',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/2010ca68-f814-422e-8b01-1c9d5a62e612.jpg',
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
            id: '2cb98e3b-8c45-4069-9af4-448b24e2dfd2',
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
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
    name: 'Spring catalogue',
    label: null,
    metadata: {},
    status: 'completed_with_errors',
    stopping: false,
    createdAt: '2026-11-28T12:40:55.892Z',
    startedAt: '2026-11-28T12:40:56.346Z',
    finishedAt: '2026-11-28T12:40:57.230Z',
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
        requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
        name: 'Spring catalogue',
        label: null,
        metadata: {},
        status: 'completed_with_errors',
        stopping: false,
        createdAt: '2026-11-28T12:40:55.892Z',
        startedAt: '2026-11-28T12:40:56.346Z',
        finishedAt: '2026-11-28T12:40:57.230Z',
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
    id: 'rVEFb68dJS_m67yJ',
    data: '{"requestId":"e490762c-c605-49e9-a749-5bdf03e691d3","name":"Spring catalogue","label":null,"metadata":{},"status":"completed_with_errors","stopping":false,"createdAt":"2026-11-28T12:40:55.892Z","startedAt":"2026-11-28T12:40:56.346Z","finishedAt":"2026-11-28T12:40:57.230Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"skipped":0,"cancelled":0,"pending":0,"percent":100},"run":{"number":1,"finishedBefore":0},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/40674e59-0edf-4251-894f-41875ca3401c.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/2010ca68-f814-422e-8b01-1c9d5a62e612.jpg,"\r\n',
  errors:
    'S. No.,Product Name,Input Image Urls,Error Code,Error,What To Do\r\n2,Brass Pendant Lamp,http://127.0.0.1:8099/lamp-detail.jpg,source_not_found,The image server 127.0.0.1:8099 has no image at this URL (status 404).,It returned 404 or 410. Fix the URL.\r\n',
  deliveries: {
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
    deliveries: [
      {
        id: 'msg_e490762c-c605-49e9-a749-5bdf03e691d3_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        sending: false,
        createdAt: '2026-11-28T12:40:57.273Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-28T12:40:57.652Z',
            status: 204,
            durationMs: 114,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
    webhookId: 'msg_e490762c-c605-49e9-a749-5bdf03e691d3_1',
  },
  retry: {
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
  },
  cancel: {
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
  },
  remove: {
    requestId: 'e490762c-c605-49e9-a749-5bdf03e691d3',
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
