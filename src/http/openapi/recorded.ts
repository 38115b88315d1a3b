/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
  imageId: '51a24337-dc50-486a-9b88-5776daa74f81',
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
    requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
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
    requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
    status: 'completed_with_errors',
    createdAt: '2026-11-27T00:47:19.346Z',
    startedAt: '2026-11-27T00:47:19.421Z',
    finishedAt: '2026-11-27T00:47:19.659Z',
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
    },
    products: [
      {
        row: 1,
        serialNumber: '1',
        productName: 'Stoneware Mug "Lagoon", 350 ml',
        images: [
          {
            id: '51a24337-dc50-486a-9b88-5776daa74f81',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/51a24337-dc50-486a-9b88-5776daa74f81.jpg',
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
            id: '75d29267-e692-45b0-861f-1f075d513af0',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/75d29267-e692-45b0-861f-1f075d513af0.jpg',
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
            id: '6de83360-1b2e-4b40-85b8-a7ade95d59c5',
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
        requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
        status: 'completed_with_errors',
        createdAt: '2026-11-27T00:47:19.346Z',
        startedAt: '2026-11-27T00:47:19.421Z',
        finishedAt: '2026-11-27T00:47:19.659Z',
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
    id: 'TZ7NKg9qqHDXbl-m',
    data: '{"requestId":"80b944b1-1580-4d65-8c11-8496608a060c","status":"completed_with_errors","createdAt":"2026-11-27T00:47:19.346Z","startedAt":"2026-11-27T00:47:19.421Z","finishedAt":"2026-11-27T00:47:19.659Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/51a24337-dc50-486a-9b88-5776daa74f81.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/75d29267-e692-45b0-861f-1f075d513af0.jpg,"\r\n',
  errors:
    'S. No.,Product Name,Input Image Urls,Error Code,Error,What To Do\r\n2,Brass Pendant Lamp,http://127.0.0.1:8099/lamp-detail.jpg,source_not_found,The image server 127.0.0.1:8099 has no image at this URL (status 404).,It answered 404 or 410. Correct the URL.\r\n',
  deliveries: {
    requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
    deliveries: [
      {
        id: 'msg_80b944b1-1580-4d65-8c11-8496608a060c_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-27T00:47:19.667Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-27T00:47:19.713Z',
            status: 204,
            durationMs: 27,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
    webhookId: 'msg_80b944b1-1580-4d65-8c11-8496608a060c_1',
  },
  retry: {
    requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
  },
  cancel: {
    requestId: '80b944b1-1580-4d65-8c11-8496608a060c',
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
