/** Real answers to the examples of the reference, as `npm run generate` has taken them down. */
export const RECORDED = {
  requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
  imageId: '1bbcff11-bd0b-4ae0-9397-33055e8f4942',
  upload: {
    requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
  },
  status: {
    requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
    status: 'completed_with_errors',
    createdAt: '2026-11-25T10:24:35.717Z',
    startedAt: '2026-11-25T10:24:36.073Z',
    finishedAt: '2026-11-25T10:24:36.631Z',
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
            id: '1bbcff11-bd0b-4ae0-9397-33055e8f4942',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/mug.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/1bbcff11-bd0b-4ae0-9397-33055e8f4942.jpg',
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
            id: 'b1a40484-6b9a-48c1-8d4b-c7b776c3c1d7',
            index: 0,
            inputUrl: 'http://127.0.0.1:8099/lamp.jpg',
            status: 'completed',
            outputUrl: 'http://localhost:3000/processed_images/b1a40484-6b9a-48c1-8d4b-c7b776c3c1d7.jpg',
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
            id: '3811e8a9-2e74-43a5-9ec0-e78d9caa5b3e',
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
        requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
        status: 'completed_with_errors',
        createdAt: '2026-11-25T10:24:35.717Z',
        startedAt: '2026-11-25T10:24:36.073Z',
        finishedAt: '2026-11-25T10:24:36.631Z',
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
    id: '7arEgqlLLK0lcKTj',
    data: '{"requestId":"a796d80f-578b-4572-8881-0aa64439aaf1","status":"completed_with_errors","createdAt":"2026-11-25T10:24:35.717Z","startedAt":"2026-11-25T10:24:36.073Z","finishedAt":"2026-11-25T10:24:36.631Z","options":{"quality":50,"format":"jpeg"},"progress":{"total":3,"completed":2,"failed":1,"cancelled":0,"pending":0,"percent":100},"bytes":{"in":774698,"out":115390,"savedPercent":85.1}}',
  },
  output:
    'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/1bbcff11-bd0b-4ae0-9397-33055e8f4942.jpg\r\n2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/b1a40484-6b9a-48c1-8d4b-c7b776c3c1d7.jpg,"\r\n',
  deliveries: {
    requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
    deliveries: [
      {
        id: 'msg_a796d80f-578b-4572-8881-0aa64439aaf1_1',
        type: 'request.completed',
        run: 1,
        url: 'http://127.0.0.1:8098/hooks/images',
        state: 'delivered',
        createdAt: '2026-11-25T10:24:36.659Z',
        nextAttemptAt: null,
        attempts: 1,
        redeliveries: 0,
        lastStatus: 204,
        log: [
          {
            at: '2026-11-25T10:24:36.723Z',
            status: 204,
            durationMs: 68,
            error: null,
            answer: '',
          },
        ],
      },
    ],
  },
  redeliver: {
    requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
    webhookId: 'msg_a796d80f-578b-4572-8881-0aa64439aaf1_1',
  },
  retry: {
    requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
  },
  cancel: {
    requestId: 'a796d80f-578b-4572-8881-0aa64439aaf1',
  },
  health: {
    status: 'ok',
    uptimeSeconds: 9,
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
