/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
  imageId: '69641343-2243-40a7-942d-7f6c8cb05ec5',
  upload: {
    requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
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
  status: {
    requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
    status: 'completed_with_errors',
    createdAt: '2026-11-26T20:19:45.009Z',
    startedAt: '2026-11-26T20:19:45.084Z',
    finishedAt: '2026-11-26T20:19:45.330Z',
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
            id: '69641343-2243-40a7-942d-7f6c8cb05ec5',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/69641343-2243-40a7-942d-7f6c8cb05ec5.jpg',
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
        row: 2,
        serialNumber: '2',
        productName: 'Brass Pendant Lamp',
        images: [
          {
            id: '4c0ed9ca-7e94-4901-a0ff-c66c46060fde',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/4c0ed9ca-7e94-4901-a0ff-c66c46060fde.jpg',
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
            id: '2a82bc62-ff96-43dd-b1bc-f05e773e9088',
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
        requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
        status: 'completed_with_errors',
        createdAt: '2026-11-26T20:19:45.009Z',
        startedAt: '2026-11-26T20:19:45.084Z',
        finishedAt: '2026-11-26T20:19:45.330Z',
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
    id: 'i6LdlH5NVyV6LhGv',
    data: '{"requestId":"ef7a1ac7-9817-43ee-8dac-c64acd6fbde1","status":"completed_with_errors","createdAt":"2026-11-26T20:19:45.009Z","startedAt":"2026-11-26T20:19:45.084Z","finishedAt":"2026-11-26T20:19:45.330Z","options":{"mozjpeg":false,"progressive":false,"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/69641343-2243-40a7-942d-7f6c8cb05ec5.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/4c0ed9ca-7e94-4901-a0ff-c66c46060fde.jpg,"\r\n',
  errors:
    'S. No.,Product Name,Input Image Urls,Error Code,Error,What To Do\r\n2,Brass Pendant Lamp,http://127.0.0.1:8099/lamp-detail.jpg,source_not_found,The image server 127.0.0.1:8099 has no image at this URL (status 404).,It answered 404 or 410. Correct the URL.\r\n',
  deliveries: {
    requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
    deliveries: [
      {
        id: 'msg_ef7a1ac7-9817-43ee-8dac-c64acd6fbde1_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-26T20:19:45.336Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-26T20:19:45.371Z',
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
    requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
    webhookId: 'msg_ef7a1ac7-9817-43ee-8dac-c64acd6fbde1_1',
  },
  retry: {
    requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
  },
  cancel: {
    requestId: 'ef7a1ac7-9817-43ee-8dac-c64acd6fbde1',
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
