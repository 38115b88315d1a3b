/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
  imageId: '9dcd1b61-888c-4c46-aa61-52cfc98b0484',
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
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
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
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
    name: 'products',
    status: 'completed_with_errors',
    stopping: false,
    createdAt: '2026-11-28T02:23:32.440Z',
    startedAt: '2026-11-28T02:23:32.729Z',
    finishedAt: '2026-11-28T02:23:33.146Z',
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
    },
    products: [
      {
        row: 1,
        serialNumber: '1',
        productName: 'Stoneware Mug "Lagoon", 350 ml',
        images: [
          {
            id: '9dcd1b61-888c-4c46-aa61-52cfc98b0484',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/9dcd1b61-888c-4c46-aa61-52cfc98b0484.jpg',
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
            id: '734c34cc-7b01-42ff-944e-741dc12ed4dd',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/734c34cc-7b01-42ff-944e-741dc12ed4dd.jpg',
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
            id: 'dd511f0c-db1e-4859-b31c-6dd0f029c493',
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
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
    name: 'Spring catalogue',
    status: 'completed_with_errors',
    stopping: false,
    createdAt: '2026-11-28T02:23:32.440Z',
    startedAt: '2026-11-28T02:23:32.729Z',
    finishedAt: '2026-11-28T02:23:33.146Z',
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
        requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
        name: 'Spring catalogue',
        status: 'completed_with_errors',
        stopping: false,
        createdAt: '2026-11-28T02:23:32.440Z',
        startedAt: '2026-11-28T02:23:32.729Z',
        finishedAt: '2026-11-28T02:23:33.146Z',
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
    id: 'pciu93jJ_0AUwVmI',
    data: '{"requestId":"b55b7ec0-05d3-4b39-9576-748468ed06e0","name":"Spring catalogue","status":"completed_with_errors","stopping":false,"createdAt":"2026-11-28T02:23:32.440Z","startedAt":"2026-11-28T02:23:32.729Z","finishedAt":"2026-11-28T02:23:33.146Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"skipped":0,"cancelled":0,"pending":0,"percent":100},"run":{"number":1,"finishedBefore":0},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/9dcd1b61-888c-4c46-aa61-52cfc98b0484.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/734c34cc-7b01-42ff-944e-741dc12ed4dd.jpg,"\r\n',
  errors:
    'S. No.,Product Name,Input Image Urls,Error Code,Error,What To Do\r\n2,Brass Pendant Lamp,http://127.0.0.1:8099/lamp-detail.jpg,source_not_found,The image server 127.0.0.1:8099 has no image at this URL (status 404).,It answered 404 or 410. Correct the URL.\r\n',
  deliveries: {
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
    deliveries: [
      {
        id: 'msg_b55b7ec0-05d3-4b39-9576-748468ed06e0_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-28T02:23:33.196Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-28T02:23:33.360Z',
            status: 204,
            durationMs: 122,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
    webhookId: 'msg_b55b7ec0-05d3-4b39-9576-748468ed06e0_1',
  },
  retry: {
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
  },
  cancel: {
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
  },
  remove: {
    requestId: 'b55b7ec0-05d3-4b39-9576-748468ed06e0',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 26,
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
